import type { CstNode, TokenType } from 'chevrotain';
import { STRATA } from '../campaign/campaign-spec.ts';
import { LOWERINGS } from '../onnx/lowering/lowering.ts';
import { PopulationRules } from './population-grammar.ts';
import { list } from './suggest.ts';
import * as t from './tokens.ts';

const PERCENT = 'a percentage such as 5 %';

/** The rules of a campaign. */
export abstract class CampaignRules extends PopulationRules {
  protected readonly campaignBlock = this.RULE('campaignBlock', () => {
    this.SUBRULE(this.campaignHead);
    this.MANY(() => this.SUBRULE(this.campaignStatement));
    this.CONSUME(t.RightBrace, { ERR_MSG: '"}" at the end of the campaign' });
  });

  private readonly campaignHead = this.RULE('campaignHead', () => {
    this.CONSUME(t.ITEM_TOKENS.campaign, { LABEL: 'keyword' });
    this.CONSUME(t.Word, { LABEL: 'name', ERR_MSG: 'a campaign name of ASCII letters, digits and _' });
    this.CONSUME(t.LeftBrace, { ERR_MSG: '"{" after the campaign name' });
  });

  private readonly campaignStatement = this.RULE('campaignStatement', () => {
    const part = <A extends unknown[]>(...ARGS: A) => ({ LABEL: 'part', ARGS });
    const parts: Record<t.CampaignWord, () => CstNode> = {
      array: () => this.SUBRULE(this.arrayPart, part()),
      model: () => this.SUBRULE(this.pathPart, part('a path in double quotes such as "lenet.onnx"')),
      data: () => this.SUBRULE(this.dataPart, part()),
      labels: () => this.SUBRULE2(this.pathPart, part('a path in double quotes such as "labels.gz"')),
      images: () => this.SUBRULE(this.imagesPart, part()),
      layers: () => this.SUBRULE(this.layersPart, part()),
      lowering: () => this.SUBRULE(this.choicePart, part(`a lowering (${list(LOWERINGS)})`)),
      channels: () => this.SUBRULE(this.channelsPart, part()),
      kinds: () => this.SUBRULE(this.kindsPart, part()),
      nodes: () => this.SUBRULE(this.nodesPart, part()),
      bits: () => this.SUBRULE(this.bitsPart, part()),
      pes: () => this.SUBRULE(this.pesPart, part()),
      window: () => this.SUBRULE2(this.choicePart, part('permanent or transient')),
      sample: () => this.SUBRULE(this.samplePart, part()),
      strata: () => this.SUBRULE(this.strataPart, part()),
      confidence: () => this.SUBRULE(this.confidencePart, part()),
      outcomes: () => this.SUBRULE(this.outcomesPart, part()),
      seed: () => this.SUBRULE(this.seedPart, part()),
    };
    const open = (type: TokenType, word: t.CampaignWord) => [this.CONSUME(type, { LABEL: 'keyword' }), parts[word]()];
    this.OR([
      ...t.CAMPAIGN_WORDS.map((word) => ({ ALT: () => open(t.CAMPAIGN_TOKENS[word], word) })),
      { ALT: () => this.CONSUME(t.UnknownStatement) },
    ]);
    this.CONSUME(t.End, { ERR_MSG: 'the end of the statement' });
  });

  private readonly arrayPart = this.inner('arrayPart', () => {
    this.SUBRULE(this.name, { ARGS: ['an array of this file or "FILE:NAME" in double quotes'] });
  });

  private readonly name = this.inner('name', (expected: string) => {
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(t.Word) }, { ALT: () => this.CONSUME(t.Text) }],
      ERR_MSG: expected,
    });
  });

  private readonly pathPart = this.inner('pathPart', (expected: string) => {
    this.CONSUME(t.Text, { LABEL: 'path', ERR_MSG: expected });
  });

  private readonly dataPart = this.inner('dataPart', () => {
    const path = { LABEL: 'path', ERR_MSG: 'a path in double quotes such as "images.gz"' };
    // A word alone is a path without its quotes.
    const named = () => this.LA(2).tokenType === t.Text || this.LA(1).image === 'input';
    this.OPTION({
      GATE: named,
      DEF: () => {
        this.CONSUME(t.Word, { LABEL: 'of' });
        this.SUBRULE(this.name, { LABEL: 'input', ARGS: ['the name of an input of the model such as "x"'] });
      },
    });
    this.CONSUME(t.Text, path);
    this.OPTION2(() => {
      this.CONSUME2(t.Word, { LABEL: 'steps' });
      this.CONSUME2(t.Text, { ERR_MSG: 'what to do to each item in double quotes such as "nchw, scale 1/255"' });
    });
  });

  private readonly imagesPart = this.inner('imagesPart', () => {
    this.OR({
      DEF: [
        { ALT: () => this.SUBRULE(this.integer, { ARGS: ['a number of images'] }) },
        { ALT: () => this.CONSUME(t.Word, { LABEL: 'choice' }) },
      ],
      ERR_MSG: 'all or a number of images such as 100',
    });
    this.OPTION(() => this.CONSUME2(t.Word, { LABEL: 'order' }));
  });

  private readonly layersPart = this.inner('layersPart', () => {
    const layer = { ARGS: ['a layer such as "conv1"'] as [string] };
    this.SUBRULE(this.name, layer);
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.name, layer);
    });
  });

  private readonly samplePart = this.inner('samplePart', () => {
    this.OR({
      MAX_LOOKAHEAD: 1,
      DEF: [
        { ALT: () => this.SUBRULE(this.integer, { LABEL: 'count', ARGS: ['a number of faults'] }) },
        {
          ALT: () => {
            this.CONSUME(t.Margin);
            this.SUBRULE(this.percent, { LABEL: 'share', ARGS: [PERCENT] });
          },
          IGNORE_AMBIGUITIES: true,
        },
        {
          ALT: () => {
            this.CONSUME(t.Until);
            this.SUBRULE2(this.percent, { LABEL: 'share', ARGS: [PERCENT] });
          },
          IGNORE_AMBIGUITIES: true,
        },
        {
          ALT: () => {
            this.CONSUME(t.Word);
            this.OPTION(() => this.SUBRULE3(this.percent, { ARGS: [PERCENT] }));
          },
        },
      ],
      ERR_MSG: 'a sample (exhaustive, a number of faults such as 1000, margin 5 % or until 2 %)',
    });
    this.MANY(() => this.SUBRULE(this.sampleOption));
  });

  private readonly sampleOption = this.inner('sampleOption', () => {
    this.OR({
      MAX_LOOKAHEAD: 1,
      DEF: [
        {
          ALT: () => {
            this.CONSUME(t.P);
            this.SUBRULE(this.percent, { ARGS: ['a percentage such as 50 %'] });
          },
          IGNORE_AMBIGUITIES: true,
        },
        { ALT: () => this.CONSUME(t.Word) },
      ],
    });
  });

  private readonly strataPart = this.inner('strataPart', () => {
    this.SUBRULE(this.wordList, { ARGS: [`what to part the sample by (${list(STRATA)})`] });
  });

  private readonly confidencePart = this.inner('confidencePart', () => {
    this.SUBRULE(this.percent, { ARGS: ['a percentage such as 95 %'] });
  });

  private readonly outcomesPart = this.inner('outcomesPart', () => {
    this.CONSUME(t.Word, { ERR_MSG: '"confidence_change" and percentages such as 10 %, 20 %' });
    this.SUBRULE(this.percent, { ARGS: ['a percentage such as 10 %'] });
    this.MANY(() => {
      this.CONSUME(t.Comma);
      this.SUBRULE2(this.percent, { ARGS: ['a percentage such as 10 %'] });
    });
  });

  private readonly seedPart = this.inner('seedPart', () => {
    this.SUBRULE(this.integer, { ARGS: ['a seed such as 1'] });
  });

  protected readonly percent = this.inner('percent', (expected: string) => {
    this.OPTION(() => this.CONSUME(t.Minus));
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(t.NumberToken) }, { ALT: () => this.CONSUME(t.Decimal) }],
      ERR_MSG: expected,
    });
    this.CONSUME(t.Percent, { ERR_MSG: '"%" behind the number of a percentage' });
  });
}
