import type { CstNode, IToken } from 'chevrotain';
import { parser } from './grammar.ts';
import type { BlockSyntax, TextSyntax } from './syntax.ts';

export type Node = readonly [CstNode];
export type Token = readonly [IToken];

/** The tree of a block and of its head. */
export interface Block {
  readonly RightBrace?: Token;
}
export interface Head {
  readonly keyword: Token;
  readonly name?: Token;
}
export type HeadSyntax = Pick<BlockSyntax<unknown>, 'keyword' | 'name'>;

const BaseVisitor = parser.getBaseCstVisitorConstructor();

/**
 * What arrays and campaigns have in common. A statement that the parser had to give up is kept as broken: its parts
 * are not looked at.
 */
export abstract class BlockVisitor extends BaseVisitor {
  protected block<S extends { readonly word: string }>(
    { RightBrace }: Block,
    [head]: Node,
    nodes: readonly CstNode[] = [],
  ): BlockSyntax<S> {
    const statements = nodes.map((node): S => this.visit(node, node.recoveredNode === true));
    const closed = RightBrace !== undefined && RightBrace[0].isInsertedInRecovery !== true;
    const readable = statements.every(({ word }) => word !== 'broken' && word !== 'unknown');
    return { ...this.visit(head), statements, whole: closed && readable && head.recoveredNode !== true };
  }
}

export function readHead({ keyword, name }: Head): HeadSyntax {
  return { keyword: keyword[0], name: name?.[0] ?? null };
}

/** Read a text in double quotes. */
export function textOf(token: IToken): TextSyntax {
  return { token, text: JSON.parse(token.image) };
}
