/**
 * Every error class of the project. A message is one sentence that says what is wrong, the rule, the value received
 * and, where there is one, the place.
 */

/** Exit codes of the command line: the input was refused, or a check found a difference. */
export const EXIT = { mismatch: 1, refused: 2, interrupted: 130 } as const;

/** The root of all errors that the user can act on; anything else is a defect of Espalier. */
export class EspalierError extends Error {
  readonly exitCode: number = EXIT.refused;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** One mistake in a text, with its place (line and column count from 1) and the caret line that shows it. */
export interface Diagnostic {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
  /** The source line and, below it, a caret under the mistake. */
  readonly excerpt: string;
}

/** A file of another kind given as a spec has thousands of mistakes; nobody reads more of them than this. */
const SHOWN_MISTAKES = 20;

/** A spec file or fault text that cannot be read; carries all mistakes found, of which the message shows the first 20. */
export class SpecError extends EspalierError {
  readonly diagnostics: readonly Diagnostic[];

  constructor(diagnostics: readonly Diagnostic[], options?: ErrorOptions) {
    const shown = diagnostics.slice(0, SHOWN_MISTAKES);
    const lines = shown.map((d) => `${d.file}:${d.line}:${d.column}: ${d.message}\n${d.excerpt}`);
    const more = diagnostics.length - shown.length;
    if (more > 0) lines.push(`and ${more} more ${more === 1 ? 'mistake' : 'mistakes'}`);
    super(lines.join('\n'), options);
    this.diagnostics = diagnostics;
  }
}

/** A projection matrix that no array can be built from. */
export class ProjectionError extends EspalierError {}

/** A value that its dtype cannot hold exactly. */
export class CastingError extends EspalierError {}

/** An operator of the user's own whose Verilog and function do not go together, or that cannot be used. */
export class OperatorError extends EspalierError {}

/** Operands of the wrong rank, shape or element type. */
export class OperandError extends EspalierError {}

/** A fault that the array does not have: outside the PEs, the node's bits, or time. */
export class FaultError extends EspalierError {}

/** A file that is missing, broken or cannot be written. */
export class FileError extends EspalierError {}

/** An ONNX model or layer that cannot be run on the array. */
export class ModelError extends EspalierError {}

/** A tool outside Node (Verilator, a C++ compiler, make) that is needed and not there. */
export class ToolMissingError extends EspalierError {}

/** What is known about a child process that failed. */
export interface ProcessFailure {
  readonly command: string;
  readonly cwd: string;
  readonly exitCode?: number | undefined;
  readonly signal?: string | undefined;
  readonly stderrTail: string;
}

/** What a campaign depends on changed while it ran: no fault's own doing, and not to be tried again. */
export class ChangedError extends EspalierError {}

/** A child process that crashed, hung, or answered with something that is not an answer. */
export class ProcessError extends EspalierError {
  readonly failure: ProcessFailure;

  constructor(what: string, failure: ProcessFailure, options?: ErrorOptions) {
    const end =
      failure.signal !== undefined
        ? `signal ${failure.signal}`
        : failure.exitCode !== undefined
          ? `exit code ${failure.exitCode}`
          : 'no exit';
    const tail = failure.stderrTail.trim();
    super(`${what} (${failure.command}, ${end}, in ${failure.cwd})${tail ? `: ${tail}` : ''}`, options);
    this.failure = failure;
  }
}
