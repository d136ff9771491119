/** Pieces of generated Markdown. */

const MADE = '<!-- Made by `npm run generate`; change the table in the code instead. -->';

export function page(title: string, lines: readonly string[]): string {
  return [`# ${title}`, '', MADE, '', ...lines, ''].join('\n').replace(/\n+$/, '\n');
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

export function cell(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
