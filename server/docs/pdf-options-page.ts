/** The reference page of the options of PDF credentials, from the schema that validates them. */

import type { Option, OptionSchema } from '../../plugin/extensions/options.ts';
import { pdfOptions } from '../../providers/index.ts';
import { cell, page, table } from './markdown.ts';

export function pdfOptionsPage(): string {
  return page('Options of PDF credentials', [
    'Options of the generation function `pdf`, given with a credential type and merged key by key with those of a configuration.',
    'Lengths are points (1/72 inch), places count from the bottom left of the page as it is shown. A key that is not here is an error',
    'that names the nearest one. [Give PDF credentials](../how-to/pdf-credentials.md) shows them at work.',
    '',
    optionsTable(pdfOptions),
    ...pdfOptions.flatMap(section),
  ]);
}

function section(option: Option): string[] {
  if (option.type === 'record') return ['', `## ${option.name}`, '', option.doc, '', optionsTable(option.fields)];
  if (option.type !== 'map' || option.values.type !== 'record') return [];
  const known = (option.known ?? []).map(({ name, doc }) => `- \`${name}\`: ${doc}`);
  return [
    '',
    `## ${option.name}`,
    '',
    option.doc,
    option.values.doc,
    '',
    ...known,
    ...(known.length > 0 ? [''] : []),
    optionsTable(option.values.fields),
  ];
}

function optionsTable(options: OptionSchema): string {
  return table(
    ['Option', 'Value', 'Default', 'Meaning'],
    options.map((option) => [
      `\`${option.name}\``,
      cell(valueText(option)),
      cell(defaultText(option)),
      cell(option.doc),
    ]),
  );
}

function valueText(option: Option): string {
  switch (option.type) {
    case 'number':
      return `${option.min} to ${option.max}${option.unit === null ? '' : ` ${option.unit}`}`;
    case 'text':
      if (option.offers) return `${option.offers.map((one) => `\`${one}\``).join(', ')}, or a pattern`;
      return option.pattern ? option.pattern.says.replace(/^must be /, '') : 'text';
    case 'boolean':
      return '`true` or `false`';
    case 'choice':
      return option.choices.map((choice) => `\`${choice}\``).join(', ');
    case 'record':
    case 'map':
      return `[see below](#${option.name})`;
  }
}

function defaultText(option: Option): string {
  if (option.type === 'text' && option.required) return 'required';
  if (option.type === 'record' || option.type === 'map' || option.default === null) return '';
  return `\`${option.default}\``;
}
