/** The form of a page as a browser reads it: what it would send untouched. */

/** Of the page's first form with this action: every field's name and value. */
export function fieldsOnPage(html: string, action: string): Record<string, string> {
  const start = html.indexOf(` action="${action}"`);
  if (start < 0) throw new Error(`the page has no form with the action ${action}`);
  const form = html.slice(start, html.indexOf('</form>', start));
  const fields: Record<string, string> = {};
  for (const match of form.matchAll(/<(input|select|textarea)\b([^>]*)>/g)) {
    const [opening, tag = '', attributes = ''] = match;
    const name = attribute(attributes, 'name');
    if (name === null) continue;
    const from = match.index + opening.length;
    const content = form.slice(from, form.indexOf(`</${tag}>`, from));
    if (tag === 'select') fields[name] = chosen(content);
    else if (tag === 'textarea') fields[name] = unescaped(content.replace(/^\n/, ''));
    else if (!/type="(checkbox|radio)"/.test(attributes) || /\schecked\b/.test(attributes))
      fields[name] = attribute(attributes, 'value') ?? 'on';
  }
  return fields;
}

function chosen(options: string): string {
  const all = [...options.matchAll(/<option value="([^"]*)"([^>]*)>/g)];
  const selected = all.find(([, , rest = '']) => rest.includes('selected')) ?? all[0];
  return unescaped(selected?.[1] ?? '');
}

function attribute(attributes: string, name: string): string | null {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(attributes)?.[1];
  return value === undefined ? null : unescaped(value);
}

export function unescaped(text: string): string {
  return text
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
