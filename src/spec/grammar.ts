import { FAULT_NODES } from '../fault/fault.ts';
import { MULTIPLIER_STYLES } from './array-spec.ts';
import { CampaignRules } from './campaign-grammar.ts';
import { list } from './suggest.ts';
import * as t from './tokens.ts';

const SIZE = { ERR_MSG: 'a size such as 8 x 8 x 64' };
const NEXT_ROW = { ERR_MSG: '"," and the next of three rows' };
const PATH = { ERR_MSG: 'a path in double quotes such as "operators/mine"' };
const NEXT_ENTRY = { ERR_MSG: '"," and the next of three entries' };

/**
 * The grammar over laid-out tokens. After a mistake it goes on with the next statement, so that a statement reports
 * at most one syntax error and hides none of another.
 */
export class SpecParser extends CampaignRules {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  readonly specFile = this.RULE('specFile', () => {
    this.MANY(() =>
      this.OR([
        { ALT: () => this.SUBRULE(this.arrayBlock) },
        { ALT: () => this.SUBRULE(this.faultItem) },
        { ALT: () => this.SUBRULE(this.campaignBlock) },
        { ALT: () => this.CONSUME(t.UnknownItem) },
      ]),
    );
  });

  private readonly arrayBlock = this.RULE('arrayBlock', () => {
    this.SUBRULE(this.arrayHead);
    this.MANY(() => this.SUBRULE(this.statement));
    this.CONSUME(t.RightBrace, { ERR_MSG: '"}" at the end of the array' });
  });

  private readonly arrayHead = this.RULE('arrayHead', () => {
    this.CONSUME(t.ITEM_TOKENS.array, { LABEL: 'keyword' });
    this.CONSUME(t.Word, { LABEL: 'name', ERR_MSG: 'an array name of ASCII letters, digits and _' });
    this.CONSUME(t.LeftBrace, { ERR_MSG: '"{" after the array name' });
  });

  private readonly statement = this.RULE('statement', () => {
    const { size, projection, types, fault_slots, fault_nodes, multiplier_stages, multiplier_style } =
      t.STATEMENT_TOKENS;
    const { adder_stages, multiplier, adder } = t.STATEMENT_TOKENS;
    const open = [
      () => [this.CONSUME(size, { LABEL: 'keyword' }), this.SUBRULE(this.size)],
      () => [this.CONSUME(projection, { LABEL: 'keyword' }), this.SUBRULE(this.projection)],
      () => [this.CONSUME(types, { LABEL: 'keyword' }), this.SUBRULE(this.types)],
      () => [
        this.CONSUME(fault_slots, { LABEL: 'keyword' }),
        this.SUBRULE(this.integer, { ARGS: ['a number of fault slots such as 4'] }),
      ],
      () => [
        this.CONSUME(fault_nodes, { LABEL: 'keyword' }),
        this.SUBRULE(this.wordList, { LABEL: 'nodes', ARGS: [`a node (${list(FAULT_NODES)})`] }),
      ],
      () => [
        this.CONSUME(multiplier_stages, { LABEL: 'keyword' }),
        this.SUBRULE2(this.integer, { ARGS: ['a number of multiplier stages such as 1'] }),
      ],
      () => [
        this.CONSUME(multiplier_style, { LABEL: 'keyword' }),
        this.CONSUME(t.Word, { LABEL: 'style', ERR_MSG: `a multiplier style (${list(MULTIPLIER_STYLES)})` }),
      ],
      () => [
        this.CONSUME(adder_stages, { LABEL: 'keyword' }),
        this.SUBRULE3(this.integer, { ARGS: ['a number of adder stages such as 4'] }),
      ],
      () => [this.CONSUME(multiplier, { LABEL: 'keyword' }), this.CONSUME(t.Text, { LABEL: 'path', ...PATH })],
      () => [this.CONSUME(adder, { LABEL: 'keyword' }), this.CONSUME2(t.Text, { LABEL: 'path', ...PATH })],
      () => [this.CONSUME(t.UnknownStatement)],
    ];
    this.OR(open.map((ALT) => ({ ALT })));
    this.CONSUME(t.End, { ERR_MSG: 'the end of the statement' });
  });

  private readonly size = this.inner('size', () => {
    this.SUBRULE(this.integer, { ARGS: [SIZE.ERR_MSG] });
    this.CONSUME(t.Times, SIZE);
    this.SUBRULE2(this.integer, { ARGS: [SIZE.ERR_MSG] });
    this.CONSUME2(t.Times, SIZE);
    this.SUBRULE3(this.integer, { ARGS: [SIZE.ERR_MSG] });
  });

  private readonly projection = this.inner('projection', () => {
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(t.Word, { LABEL: 'preset' }) }, { ALT: () => this.SUBRULE(this.matrix) }],
      ERR_MSG: 'a projection such as output_stationary or [[1, 0, 0], [0, 1, 0], [1, 1, 1]]',
    });
  });

  private readonly matrix = this.inner('matrix', () => {
    this.CONSUME(t.LeftSquare);
    this.SUBRULE(this.row);
    this.CONSUME(t.Comma, NEXT_ROW);
    this.SUBRULE2(this.row);
    this.CONSUME2(t.Comma, NEXT_ROW);
    this.SUBRULE3(this.row);
    this.CONSUME(t.RightSquare, { ERR_MSG: '"]" after the third row' });
  });

  private readonly row = this.inner('row', () => {
    this.CONSUME(t.LeftSquare, { ERR_MSG: 'a row such as [1, 0, 0]' });
    this.SUBRULE(this.integer, { ARGS: ['an integer'] });
    this.CONSUME(t.Comma, NEXT_ENTRY);
    this.SUBRULE2(this.integer, { ARGS: ['an integer'] });
    this.CONSUME2(t.Comma, NEXT_ENTRY);
    this.SUBRULE3(this.integer, { ARGS: ['an integer'] });
    this.CONSUME(t.RightSquare, { ERR_MSG: '"]" after the third entry' });
  });

  private readonly types = this.inner('types', () => {
    this.SUBRULE(this.lineType);
    this.CONSUME(t.Comma, { ERR_MSG: '"," and the dtype of the next line' });
    this.SUBRULE2(this.lineType);
    this.OPTION(() => {
      this.CONSUME2(t.Comma);
      this.SUBRULE3(this.lineType);
    });
  });

  private readonly lineType = this.inner('lineType', () => {
    this.CONSUME(t.Word, { LABEL: 'line', ERR_MSG: 'a line and its dtype such as a: int8' });
    this.CONSUME(t.Colon, { ERR_MSG: '":" and the dtype of the line' });
    this.CONSUME2(t.Word, { LABEL: 'dtype', ERR_MSG: 'a dtype such as int8' });
    this.OPTION(() => this.CONSUME(t.Wrap));
  });

  private readonly faultItem = this.RULE('faultItem', () => {
    this.CONSUME(t.ITEM_TOKENS.fault, { LABEL: 'keyword' });
    this.CONSUME(t.Word, { LABEL: 'name', ERR_MSG: 'a fault name of ASCII letters, digits and _' });
    this.CONSUME(t.Colon, { ERR_MSG: '":" after the fault name' });
    this.SUBRULE(this.faultBody);
  });
}

/** The one parser; it keeps only the state of the text being read. */
export const parser = new SpecParser();
