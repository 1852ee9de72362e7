import { FAULT_KINDS, FAULT_NODES } from '../fault/fault.ts';
import { FaultRules } from './fault-grammar.ts';
import { list } from './suggest.ts';
import * as t from './tokens.ts';

const BITS = 'bits such as 5, 0 to 7 or mask 0x3';

/**
 * The rules of what a campaign says about its faults. Where a word may stand, any word is taken, so that a misspelt one
 * gets its own message; a known one alone decides what follows it. Every list is a rule that ends with it.
 */
export abstract class PopulationRules extends FaultRules {
  protected readonly channelsPart = this.inner('channelsPart', () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Word, { LABEL: 'choice' }) },
        { ALT: () => this.SUBRULE(this.integerList, { ARGS: ['a channel such as 3'] }) },
      ],
      ERR_MSG: 'all, each or channels such as 0, 3',
    });
  });

  private readonly integerList = this.inner('integerList', (expected: string) => {
    this.SUBRULE(this.integer, { ARGS: [expected] });
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.integer, { ARGS: [expected] });
    });
  });

  protected readonly kindsPart = this.inner('kindsPart', () => {
    this.SUBRULE(this.kindEntry);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.kindEntry);
    });
  });

  private readonly kindEntry = this.inner('kindEntry', () => {
    this.CONSUME(t.Word, { LABEL: 'kind', ERR_MSG: `a fault kind (${list(FAULT_KINDS)})` });
    this.OPTION(() => {
      this.CONSUME(t.To);
      this.SUBRULE(this.integer, { LABEL: 'value', ARGS: ['a value such as 0x0f'] });
    });
  });

  protected readonly nodesPart = this.inner('nodesPart', () => {
    this.SUBRULE(this.wordList, { ARGS: [`a node (${list(FAULT_NODES)})`] });
  });

  protected readonly wordList = this.inner('wordList', (expected: string) => {
    this.CONSUME(t.Word, { ERR_MSG: expected });
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.CONSUME2(t.Word, { ERR_MSG: expected });
    });
  });

  protected readonly bitsPart = this.inner('bitsPart', () => {
    this.SUBRULE(this.bitsEntry);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.bitsEntry);
    });
  });

  private readonly bitsEntry = this.inner('bitsEntry', () => {
    this.OR({
      MAX_LOOKAHEAD: 1,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.Mask);
            this.SUBRULE(this.integer, { LABEL: 'mask', ARGS: ['a mask such as 0x3'] });
          },
          IGNORE_AMBIGUITIES: true,
        },
        {
          ALT: () => {
            this.CONSUME(t.Word);
            this.OPTION(() => this.SUBRULE2(this.integer, { ARGS: [BITS] }));
          },
        },
        {
          ALT: () => {
            this.SUBRULE3(this.integer, { LABEL: 'from', ARGS: [BITS] });
            this.OPTION2(() => {
              this.CONSUME(t.To);
              this.SUBRULE4(this.integer, { LABEL: 'to', ARGS: ['the last bit of a range'] });
            });
          },
        },
      ],
      ERR_MSG: BITS,
    });
  });

  protected readonly pesPart = this.inner('pesPart', () => {
    this.SUBRULE(this.pesEntry);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.pesEntry);
    });
  });

  private readonly pesEntry = this.inner('pesEntry', () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(t.Word) },
        {
          ALT: () => {
            this.SUBRULE(this.pe, { LABEL: 'from' });
            this.OPTION(() => {
              this.CONSUME(t.To);
              this.SUBRULE2(this.pe, { LABEL: 'to' });
            });
          },
        },
      ],
      ERR_MSG: 'PEs such as (1, 1) or (0, 0) to (3, 3)',
    });
  });

  protected readonly choicePart = this.inner('choicePart', (expected: string) => {
    this.CONSUME(t.Word, { LABEL: 'choice', ERR_MSG: expected });
  });
}
