/** The rule language as CodeMirror takes one: the lexer of the language, its colours, its indentation. */

import {
  defineLanguageFacet,
  indentService,
  Language,
  LanguageSupport,
  syntaxHighlighting,
} from '@codemirror/language';
import { type Input, NodeProp, NodeSet, NodeType, Parser, type PartialParse, Tree } from '@lezer/common';
import { styleTags, type Tag, tagHighlighter, tags } from '@lezer/highlight';
import { indentationAt, type TokenKind, tokenPieces } from '../dsl/index.ts';

/** What each kind of token is called in the style sheet; the others have the colour of the text. */
const STYLED: Readonly<Partial<Record<TokenKind, Tag>>> = {
  keyword: tags.keyword,
  string: tags.string,
  number: tags.number,
  date: tags.literal,
  comment: tags.comment,
};
const KINDS: readonly TokenKind[] = ['keyword', 'operator', 'string', 'number', 'date', 'name', 'bracket', 'comment'];

const data = defineLanguageFacet({ commentTokens: { line: '#' }, indentOnInput: /^\s*(?:[})\]]|and |or )$/ });
const TOP = NodeType.define({
  id: KINDS.length,
  name: 'rules',
  top: true,
  props: [[NodeProp.group, ['rules']]],
});
const nodes = new NodeSet([...KINDS.map((name, id) => NodeType.define({ id, name })), TOP]).extend(styleTags(STYLED));

class TokenParser extends Parser {
  createParse(input: Input): PartialParse {
    return {
      parsedPos: 0,
      stoppedAt: null,
      stopAt: () => {},
      // In one go: the whole text is lexed in less time than a frame takes.
      advance: () => treeOf(input.read(0, input.length)),
    };
  }
}

/** Tokens side by side; whoever wants to know how they belong together asks the checker. */
export function treeOf(text: string): Tree {
  const buffer = tokenPieces(text).flatMap(({ start, end, kind }) => [KINDS.indexOf(kind), start, end, 4]);
  return Tree.build({ buffer, nodeSet: nodes, topID: TOP.id, length: text.length });
}

const language = new Language(data, new TokenParser(), [], 'rules');

const colours = tagHighlighter(
  Object.entries(STYLED).map(([kind, tag]) => ({ tag: tag as Tag, class: `rule-${kind}` })),
);

export function ruleLanguage(): LanguageSupport {
  return new LanguageSupport(language, [
    syntaxHighlighting(colours),
    indentService.of(({ state }, position) => {
      return indentationAt(state.doc.toString(), state.doc.lineAt(position).from);
    }),
  ]);
}
