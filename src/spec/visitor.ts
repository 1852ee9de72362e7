import type { CstNode, IToken } from 'chevrotain';
import { type Block, type Head, type HeadSyntax, type Node, readHead, type Token, textOf } from './block-visitor.ts';
import { CampaignVisitor } from './campaign-visitor.ts';
import type * as syntax from './syntax.ts';
import { STATEMENT_TOKENS, STATEMENT_WORDS } from './tokens.ts';

/**
 * Turn the parser's tree into the spec as written. A statement that the parser had to give up is kept as broken:
 * its parts are not looked at.
 */
class SpecVisitor extends CampaignVisitor {
  constructor() {
    super();
    this.validateVisitor();
  }

  specFile(file: {
    arrayBlock?: CstNode[];
    faultItem?: CstNode[];
    campaignBlock?: CstNode[];
    UnknownItem?: IToken[];
  }): syntax.FileSyntax {
    return {
      arrays: (file.arrayBlock ?? []).map((array) => this.visit(array)),
      faults: (file.faultItem ?? []).map((fault) => this.visit(fault, fault.recoveredNode === true)),
      campaigns: (file.campaignBlock ?? []).map((campaign) => this.visit(campaign)),
      unknown: file.UnknownItem ?? [],
    };
  }

  arrayBlock(array: Block & { arrayHead: Node; statement?: CstNode[] }): syntax.ArraySyntax {
    return this.block(array, array.arrayHead, array.statement);
  }

  arrayHead(head: Head): HeadSyntax {
    return readHead(head);
  }

  statement(
    statement: {
      keyword?: Token;
      UnknownStatement?: Token;
      size?: Node;
      projection?: Node;
      types?: Node;
      integer?: Node;
      nodes?: Node;
      style?: Token;
      path?: Token;
    },
    broken: boolean,
  ): syntax.StatementSyntax {
    const keyword = statement.keyword?.[0];
    if (keyword === undefined) return { word: 'unknown', keyword: statement.UnknownStatement![0] };
    const word = STATEMENT_WORDS.find((candidate) => STATEMENT_TOKENS[candidate] === keyword.tokenType)!;
    if (broken) return { word: 'broken', keyword, meant: word };
    switch (word) {
      case 'size':
        return { word, keyword, sides: this.visit(statement.size![0]) };
      case 'projection':
        return { word, keyword, projection: this.visit(statement.projection![0]) };
      case 'types':
        return { word, keyword, lines: this.visit(statement.types![0]) };
      case 'fault_slots':
        return { word, keyword, slots: this.visit(statement.integer![0]) };
      case 'fault_nodes':
        return { word, keyword, nodes: this.visit(statement.nodes![0]) };
      case 'multiplier_style':
        return { word, keyword, style: statement.style![0] };
      case 'multiplier_stages':
      case 'adder_stages':
        return { word, keyword, stages: this.visit(statement.integer![0]) };
      case 'multiplier':
      case 'adder':
        return { word, keyword, path: textOf(statement.path![0]) };
    }
  }

  size(size: { integer: CstNode[] }): syntax.NumberSyntax[] {
    return size.integer.map((side) => this.visit(side));
  }

  projection(projection: { preset?: Token; matrix?: Node }): syntax.ProjectionSyntax {
    if (projection.preset !== undefined) return { form: 'preset', token: projection.preset[0] };
    return this.visit(projection.matrix![0]);
  }

  matrix(matrix: { LeftSquare: Token; row: CstNode[] }): syntax.ProjectionSyntax {
    return { form: 'matrix', token: matrix.LeftSquare[0], rows: matrix.row.map((row) => this.visit(row)) };
  }

  row(row: { integer: CstNode[] }): syntax.NumberSyntax[] {
    return row.integer.map((entry) => this.visit(entry));
  }

  types(types: { lineType: CstNode[] }): syntax.LineTypeSyntax[] {
    return types.lineType.map((line) => this.visit(line));
  }

  lineType({ line, dtype, Wrap }: { line: Token; dtype: Token; Wrap?: Token }): syntax.LineTypeSyntax {
    return { line: line[0], dtype: dtype[0], wrap: Wrap?.[0] ?? null };
  }

  faultItem(fault: { keyword: Token; name?: Token; faultBody?: Node }, broken: boolean): syntax.FaultItemSyntax {
    const body = broken || fault.faultBody === undefined ? null : this.visit(fault.faultBody[0]);
    return { keyword: fault.keyword[0], name: fault.name?.[0] ?? null, body };
  }

  faultText(text: { faultBody: Node }): syntax.FaultSyntax {
    return this.visit(text.faultBody[0]);
  }

  faultBody(fault: {
    kind: Token;
    bits: Node;
    To?: Token;
    value?: Node;
    node: Token;
    pe: Node;
    window?: Node;
    tile?: Node;
  }): syntax.FaultSyntax {
    return {
      kind: fault.kind[0],
      bits: this.visit(fault.bits[0]),
      to: fault.To === undefined ? null : { token: fault.To[0], value: this.visit(fault.value![0]) },
      node: fault.node[0],
      pe: this.visit(fault.pe[0]),
      window: fault.window === undefined ? null : this.visit(fault.window[0]),
      tile: fault.tile === undefined ? null : this.visit(fault.tile[0]),
    };
  }

  bits(bits: { Bit?: Token; integer: Node; First?: Token }): syntax.BitsSyntax {
    return {
      form: bits.Bit === undefined ? 'mask' : 'index',
      number: this.visit(bits.integer[0]),
      msb: bits.First === undefined ? 'last' : 'first',
    };
  }

  pe({ LeftParen, integer: [x, y] }: { LeftParen: Token; integer: readonly [CstNode, CstNode] }): syntax.PeSyntax {
    return { token: LeftParen[0], x: this.visit(x), y: this.visit(y) };
  }

  window(window: { Exactly?: Token; integer?: Node; lower?: Node; upper?: Node }): syntax.WindowSyntax {
    if (window.Exactly !== undefined) {
      const only = { sign: window.Exactly[0], included: true, cycle: this.visit(window.integer![0]) };
      return { lower: only, upper: only };
    }
    return {
      lower: window.lower === undefined ? null : this.visit(window.lower[0]),
      upper: window.upper === undefined ? null : this.visit(window.upper[0]),
    };
  }

  lower(bound: { Above?: Token; AtLeast?: Token; integer: Node }): syntax.BoundSyntax {
    return boundSyntax(bound.AtLeast, bound.Above, this.visit(bound.integer[0]));
  }

  upper(bound: { Below?: Token; AtMost?: Token; integer: Node }): syntax.BoundSyntax {
    return boundSyntax(bound.AtMost, bound.Below, this.visit(bound.integer[0]));
  }

  integer(integer: { Minus?: Token; Number: Token }): syntax.NumberSyntax {
    const digits = integer.Number[0];
    const minus = integer.Minus?.[0];
    if (minus === undefined) return { token: digits, text: digits.image, value: BigInt(digits.image) };
    return { token: minus, text: `-${digits.image}`, value: -BigInt(digits.image) };
  }
}

function boundSyntax(open: Token | undefined, strict: Token | undefined, cycle: syntax.NumberSyntax) {
  return { sign: (open ?? strict)![0], included: open !== undefined, cycle };
}

const visitor = new SpecVisitor();

/** Read the tree of a whole file. */
export function readFileTree(tree: CstNode): syntax.FileSyntax {
  return visitor.visit(tree);
}

/** Read the tree of a single fault; the tree must be free of syntax errors. */
export function readFaultTree(tree: CstNode): syntax.FaultSyntax {
  return visitor.visit(tree);
}
