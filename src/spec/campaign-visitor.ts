import type { CstNode, IToken } from 'chevrotain';
import {
  type Block,
  BlockVisitor,
  type Head,
  type HeadSyntax,
  type Node,
  readHead,
  type Token,
  textOf,
} from './block-visitor.ts';
import type * as syntax from './campaign-syntax.ts';
import type { NumberSyntax } from './syntax.ts';
import { CAMPAIGN_TOKENS, CAMPAIGN_WORDS } from './tokens.ts';

type Parts = syntax.CampaignParts;

/** Turn the tree of a campaign into the campaign as written. */
export abstract class CampaignVisitor extends BlockVisitor {
  campaignBlock(campaign: Block & { campaignHead: Node; campaignStatement?: CstNode[] }): syntax.CampaignSyntax {
    return this.block(campaign, campaign.campaignHead, campaign.campaignStatement);
  }

  campaignHead(head: Head): HeadSyntax {
    return readHead(head);
  }

  campaignStatement(
    statement: { keyword?: Token; UnknownStatement?: Token; part?: Node },
    broken: boolean,
  ): syntax.CampaignStatementSyntax {
    const keyword = statement.keyword?.[0];
    if (keyword === undefined) return { word: 'unknown', keyword: statement.UnknownStatement![0] };
    const word = CAMPAIGN_WORDS.find((candidate) => CAMPAIGN_TOKENS[candidate] === keyword.tokenType)!;
    if (broken) return { word: 'broken', keyword, meant: word };
    return { word, keyword, ...this.visit(statement.part![0]) };
  }

  arrayPart({ name }: { name: Node }): Parts['array'] {
    return { reference: this.visit(name[0]) };
  }

  name({ Word, Text }: { Word?: Token; Text?: Token }): syntax.NameSyntax {
    if (Text !== undefined) return { ...textOf(Text[0]), quoted: true };
    return { token: Word![0], text: Word![0].image, quoted: false };
  }

  pathPart({ path }: { path: Token }): Parts['model'] {
    return { path: textOf(path[0]) };
  }

  dataPart(data: { of?: Token; input?: Node; path: Token; steps?: Token; Text?: Token }): Parts['data'] {
    return {
      of: data.of === undefined ? null : { word: data.of[0], input: this.visit(data.input![0]) },
      path: textOf(data.path[0]),
      steps: data.steps === undefined ? null : { word: data.steps[0], text: textOf(data.Text![0]) },
    };
  }

  imagesPart({ integer, choice, order }: { integer?: Node; choice?: Token; order?: Token }): Parts['images'] {
    return {
      count: integer === undefined ? null : this.visit(integer[0]),
      choice: choice?.[0] ?? null,
      order: order?.[0] ?? null,
    };
  }

  layersPart({ name }: { name: CstNode[] }): Parts['layers'] {
    return { names: name.map((layer) => this.visit(layer)) };
  }

  choicePart({ choice }: { choice: Token }): Parts['window'] {
    return { choice: choice[0] };
  }

  channelsPart({ choice, integerList }: { choice?: Token; integerList?: Node }): Parts['channels'] {
    return { choice: choice?.[0] ?? null, numbers: integerList === undefined ? [] : this.visit(integerList[0]) };
  }

  integerList({ integer }: { integer: CstNode[] }): NumberSyntax[] {
    return integer.map((number) => this.visit(number));
  }

  kindsPart({ kindEntry }: { kindEntry: CstNode[] }): Parts['kinds'] {
    return { kinds: kindEntry.map((entry) => this.visit(entry)) };
  }

  kindEntry({ kind, To, value }: { kind: Token; To?: Token; value?: Node }): syntax.KindSyntax {
    return { kind: kind[0], to: To === undefined ? null : { token: To[0], value: this.visit(value![0]) } };
  }

  nodesPart({ wordList }: { wordList: Node }): Parts['nodes'] {
    return { words: this.visit(wordList[0]) };
  }

  strataPart(part: { wordList: Node }): Parts['strata'] {
    return this.nodesPart(part);
  }

  wordList({ Word }: { Word: IToken[] }): IToken[] {
    return Word;
  }

  bitsPart({ bitsEntry }: { bitsEntry: CstNode[] }): Parts['bits'] {
    return { entries: bitsEntry.map((entry) => this.visit(entry)) };
  }

  bitsEntry(entry: { mask?: Node; Word?: Token; from?: Node; to?: Node }): syntax.BitsEntrySyntax {
    if (entry.mask !== undefined) return { form: 'mask', mask: this.visit(entry.mask[0]) };
    if (entry.Word !== undefined) return { form: 'word', word: entry.Word[0] };
    return { form: 'range', from: this.visit(entry.from![0]), to: this.optional(entry.to) };
  }

  pesPart({ pesEntry }: { pesEntry: CstNode[] }): Parts['pes'] {
    return { entries: pesEntry.map((entry) => this.visit(entry)) };
  }

  pesEntry(entry: { Word?: Token; from?: Node; to?: Node }): syntax.PesEntrySyntax {
    if (entry.Word !== undefined) return { form: 'word', word: entry.Word[0] };
    return { form: 'box', from: this.visit(entry.from![0]), to: this.optional(entry.to) };
  }

  samplePart(sample: {
    count?: Node;
    Margin?: Token;
    share?: Node;
    Word?: Token;
    percent?: Node;
    sampleOption?: CstNode[];
  }): Parts['sample'] {
    const options = (sample.sampleOption ?? []).map((option) => this.visit(option));
    if (sample.count !== undefined) return { amount: { form: 'count', count: this.visit(sample.count[0]) }, options };
    if (sample.Word !== undefined) {
      return { amount: { form: 'word', word: sample.Word[0], share: this.optional(sample.percent) }, options };
    }
    const form = sample.Margin === undefined ? 'until' : 'margin';
    return { amount: { form, margin: this.visit(sample.share![0]) }, options };
  }

  sampleOption({ P, percent, Word }: { P?: Token; percent?: Node; Word?: Token }): Parts['sample']['options'][number] {
    return { word: (P ?? Word)![0], share: this.optional(percent) };
  }

  confidencePart({ percent }: { percent: Node }): Parts['confidence'] {
    return { level: this.visit(percent[0]) };
  }

  outcomesPart({ Word, percent }: { Word: Token; percent: CstNode[] }): Parts['outcomes'] {
    return { outcome: Word[0], levels: percent.map((level) => this.visit(level)) };
  }

  seedPart({ integer }: { integer: Node }): Parts['seed'] {
    return { seed: this.visit(integer[0]) };
  }

  percent(percent: { Minus?: Token; Number?: Token; Decimal?: Token }): syntax.PercentSyntax {
    const number = (percent.Number ?? percent.Decimal)![0];
    const minus = percent.Minus?.[0];
    const sign = minus === undefined ? '' : '-';
    // One conversion from the decimal digits, so that what is printed again is the same number.
    const digits = percent.Decimal === undefined ? String(BigInt(number.image)) : number.image;
    return { token: minus ?? number, text: `${sign}${number.image}`, value: Number(`${sign}${digits}e-2`) };
  }

  private optional(node: Node | undefined) {
    return node === undefined ? null : this.visit(node[0]);
  }
}
