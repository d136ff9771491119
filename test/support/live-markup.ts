/** What of a page a browser would run, found as a browser finds it: with a parser, after entities are decoded. */

import { type DefaultTreeAdapterTypes, parse } from 'parse5';

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const ADDRESSES = ['href', 'src', 'action', 'formaction', 'xlink:href', 'data', 'poster', 'srcset', 'background'];
const RUNS_ALONE = ['iframe', 'object', 'embed', 'base', 'math', 'template', 'style', 'applet', 'frame', 'portal'];

/** @returns in words what would run, or lead to something that would; none on a page that is in order */
export function liveMarkup(html: string): readonly string[] {
  return elementsOf(parse(html)).flatMap(({ tagName, attrs }) => {
    const source = attrs.find(({ name }) => name === 'src')?.value ?? '';
    const isOwnScript = tagName === 'script' && /^\/assets\/[\w./-]+(\?v=\w+)?$/.test(source);
    return [
      ...(tagName === 'script' && !isOwnScript ? ['a script of somebody else'] : []),
      ...(RUNS_ALONE.includes(tagName) ? [`<${tagName}>`] : []),
      ...attrs.flatMap(({ name, value }) => [
        ...(/^on/i.test(name) ? [`${name} on <${tagName}>`] : []),
        ...(name === 'style' || name === 'srcdoc' ? [`${name} on <${tagName}>`] : []),
        ...(ADDRESSES.includes(name) && !isHarmless(value) ? [`${name}="${value}" on <${tagName}>`] : []),
        ...(name === 'http-equiv' && /refresh/i.test(value) ? ['a refresh'] : []),
      ]),
    ];
  });
}

/** Browsers leave blanks and control characters out before they look at the scheme. */
function isHarmless(address: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what they hide it with
  const seen = address.replace(/[\u0000-\u0020\u007f]/g, '');
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(seen)?.[1]?.toLowerCase();
  return scheme === undefined || ['http', 'https', 'mailto'].includes(scheme) || /^data:image\/png;/.test(seen);
}

export function elementsOf(node: Node): readonly Element[] {
  const inside = 'childNodes' in node ? node.childNodes.flatMap(elementsOf) : [];
  const content = 'content' in node ? elementsOf(node.content) : [];
  return 'tagName' in node ? [node, ...inside, ...content] : [...inside, ...content];
}
