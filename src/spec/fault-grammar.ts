import { type CstNode, CstParser, type IParserErrorMessageProvider, type TokenType } from 'chevrotain';
import { FAULT_KINDS, FAULT_NODES } from '../fault/fault.ts';
import { list } from './suggest.ts';
import * as t from './tokens.ts';

/**
 * The message of a syntax error is what was expected alone; what was found is added with the place. Nearly every
 * token of the grammar says itself what is expected there.
 */
const expectations: IParserErrorMessageProvider = {
  buildMismatchTokenMessage: () => 'a statement',
  buildNotAllInputParsedMessage: () => 'the end of the text',
  buildNoViableAltMessage: ({ customUserDescription }) => customUserDescription ?? 'a statement',
  buildEarlyExitMessage: ({ customUserDescription }) => customUserDescription ?? 'a statement',
};

const CYCLE = 'a cycle number';

/** The rules of a fault, which also stand alone, and what is common to all rules. */
export abstract class FaultRules extends CstParser {
  constructor() {
    super(t.VOCABULARY, { recoveryEnabled: true, errorMessageProvider: expectations });
  }

  /** A fault without its name: the text after the colon. */
  readonly faultText = this.RULE('faultText', () => {
    this.SUBRULE(this.faultBody);
  });

  protected readonly faultBody = this.inner('faultBody', () => {
    this.CONSUME(t.Word, { LABEL: 'kind', ERR_MSG: `a fault kind (${list(FAULT_KINDS)})` });
    this.SUBRULE(this.bits);
    this.OPTION(() => {
      this.CONSUME(t.To);
      this.SUBRULE(this.integer, { LABEL: 'value', ARGS: ['a value such as 0x12'] });
    });
    this.CONSUME(t.Of, { ERR_MSG: '"of" and a node such as c' });
    this.CONSUME2(t.Word, { LABEL: 'node', ERR_MSG: `a node (${list(FAULT_NODES)})` });
    this.CONSUME(t.At, { ERR_MSG: '"at" and a PE such as (1, 1)' });
    this.SUBRULE(this.pe);
    const cycles = this.OPTION2(() => {
      this.CONSUME(t.Cycles);
      return this.SUBRULE(this.window) as CstNode | undefined;
    });
    const tile = this.OPTION3(() => {
      this.CONSUME(t.Tile);
      return this.SUBRULE2(this.integer, { LABEL: 'tile', ARGS: ['a tile number'] }) as CstNode | undefined;
    });
    const more = tile !== undefined ? '' : cycles !== undefined ? '"tile" or ' : '"cycles", "tile" or ';
    this.CONSUME(t.End, { ERR_MSG: `${more}the end of the fault` });
  });

  private readonly bits = this.inner('bits', () => {
    this.OR({
      DEF: [
        { ALT: () => [this.CONSUME(t.Bit), this.SUBRULE(this.integer, { ARGS: ['a bit index such as 5'] })] },
        { ALT: () => [this.CONSUME(t.Bits), this.SUBRULE2(this.integer, { ARGS: ['a mask such as 0x11'] })] },
      ],
      ERR_MSG: '"bit" and an index or "bits" and a mask',
    });
    this.OPTION(() => {
      this.CONSUME(t.Msb);
      this.OR2({
        DEF: [{ ALT: () => this.CONSUME(t.First) }, { ALT: () => this.CONSUME(t.Last) }],
        ERR_MSG: '"first" or "last"',
      });
    });
  });

  protected readonly pe = this.inner('pe', () => {
    this.CONSUME(t.LeftParen, { ERR_MSG: 'a PE such as (1, 1)' });
    this.SUBRULE(this.integer, { ARGS: ['the x of the PE, an integer'] });
    this.CONSUME(t.Comma, { ERR_MSG: '"," and the y of the PE' });
    this.SUBRULE2(this.integer, { ARGS: ['the y of the PE, an integer'] });
    this.CONSUME(t.RightParen, { ERR_MSG: '")" after the y of the PE' });
  });

  private readonly window = this.inner('window', () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Inf) },
        { ALT: () => [this.CONSUME(t.Exactly), this.SUBRULE(this.integer, { ARGS: [CYCLE] })] },
        { ALT: () => [this.SUBRULE(this.lower), this.OPTION(() => this.SUBRULE(this.upper))] },
        { ALT: () => this.SUBRULE2(this.upper) },
      ],
      ERR_MSG: 'a cycle window such as inf, >4, >=4, >3<=9 or =7',
    });
  });

  private readonly lower = this.inner('lower', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Above) }, { ALT: () => this.CONSUME(t.AtLeast) }]);
    this.SUBRULE(this.integer, { ARGS: [CYCLE] });
  });

  private readonly upper = this.inner('upper', () => {
    this.OR([{ ALT: () => this.CONSUME(t.Below) }, { ALT: () => this.CONSUME(t.AtMost) }]);
    this.SUBRULE(this.integer, { ARGS: [CYCLE] });
  });

  protected readonly integer = this.inner('integer', (expected: string) => {
    this.OPTION(() => this.CONSUME(t.Minus));
    this.CONSUME(t.NumberToken, { ERR_MSG: expected });
  });

  /** Add a rule that leaves its mistakes to the statement it stands in. */
  protected inner<A extends unknown[], R>(name: string, rule: (...args: A) => R) {
    return this.RULE(name, rule, { resyncEnabled: false });
  }

  /** A missing closing brace may be thought there; any other missing or surplus word ends its statement. */
  protected override canTokenTypeBeInsertedInRecovery(type: TokenType): boolean {
    return type === t.RightBrace;
  }

  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    return false;
  }
}
