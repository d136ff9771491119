/** What the page shows for each option: fields with their documentation, in groups. */

import { isRecord, type Option, type OptionSchema } from '../../../plugin/extensions/options.ts';
import type { Asset, Options } from '../../../plugin/ports/credential-store.ts';
import { sourceTranslator, type Translator } from '../../i18n/translator.ts';
import { entryCount, type Fields } from './option-form.ts';

type Choices = readonly {
  readonly label: string;
  readonly choices: readonly { readonly value: string; readonly text: string }[];
}[];

export interface OptionField {
  readonly control: 'text' | 'prose' | 'select' | 'hidden';
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly value: string;
  readonly groups: Choices;
  readonly mode: 'decimal' | null;
  /** The list of what is offered for completion. */
  readonly list?: string;
  /** What that list offers, where it belongs to this field alone. */
  readonly offers?: readonly string[];
}

export interface OptionGroup {
  readonly control: 'group';
  readonly id: string;
  readonly label: string;
  readonly hint: string;
  readonly nodes: readonly OptionNode[];
  readonly open: boolean;
}

export type OptionNode = OptionField | OptionGroup;

interface Shown {
  readonly t: Translator;
  readonly fields: Fields;
  /** Fields with something to put right: their groups are open. */
  readonly wrong: ReadonlySet<string>;
  /** Fields by the dotted path of the option; filled on the way. */
  readonly fieldOf: Map<string, string>;
}

/** @param below what is in force where a field says nothing; null: the defaults of the schema */
export function optionNodes(
  schema: OptionSchema,
  fields: Fields,
  below: Options | null,
  wrong: ReadonlySet<string> = new Set(),
  t: Translator = sourceTranslator(),
): { readonly nodes: readonly OptionNode[]; readonly fieldOf: ReadonlyMap<string, string> } {
  const shown: Shown = { t, fields, wrong, fieldOf: new Map() };
  const nodes = schema.map((option) => node(option, `o.${option.name}`, option.name, below?.[option.name], shown));
  return { nodes, fieldOf: shown.fieldOf };
}

/** Every text of options that a form says, for the catalogues. */
export function optionTexts(schema: OptionSchema): readonly string[] {
  return schema.flatMap((option): readonly string[] => {
    const own = [inWords(option.name), option.doc].filter((text) => text !== '*');
    switch (option.type) {
      case 'record':
        return [...own, ...optionTexts(option.fields)];
      case 'map':
        return [...own, ...optionTexts([...(option.known ?? []), option.values])];
      case 'number':
        return option.unit === null ? own : [...own, option.unit];
      case 'choice':
        return [...own, ...option.choices];
      case 'text':
        return option.pattern ? [...own, option.pattern.says] : own;
      default:
        return own;
    }
  });
}

function node(option: Option, id: string, path: string, below: unknown, shown: Shown): OptionNode {
  shown.fieldOf.set(path, id);
  if (option.type === 'record') {
    const inner = isRecord(below) ? below : {};
    const nodes = option.fields.map((field) =>
      node(field, `${id}.${field.name}`, `${path}.${field.name}`, inner[field.name], shown),
    );
    const power = option.switchable ? [powerField(id, path, below, shown)] : [];
    return group(id, shown.t(inWords(option.name)), option.doc, [...power, ...nodes], shown);
  }
  if (option.type === 'map') return mapGroup(option, id, path, below, shown);
  const own = option.type === 'text' && option.offers ? { list: `${id}-offered`, offers: option.offers } : {};
  return { ...field(option, below, shown.t), ...own, id, value: shown.fields.get(id) ?? '' };
}

function mapGroup(
  option: Extract<Option, { type: 'map' }>,
  id: string,
  path: string,
  below: unknown,
  shown: Shown,
): OptionGroup {
  const { t } = shown;
  const inner = isRecord(below) ? below : {};
  // entries are called what they are in the options, those of your own and those that are known alike
  const known = (option.known ?? []).map((one) => ({
    ...node(one, `${id}.${one.name}`, `${path}.${one.name}`, inner[one.name], shown),
    label: one.name,
  }));
  const count = entryCount(id, shown.fields);
  const free = Array.from({ length: count + 1 }, (_, index) => {
    const key = shown.fields.get(`${id}.${index}.$key`) ?? '';
    const place = `${id}.${index}`;
    const value = node(option.values, place, `${path}.${key}`, inner[key], shown);
    // What is wrong with an entry as a whole is said at its name.
    if (value.control === 'group') shown.fieldOf.set(`${path}.${key}`, `${place}.$key`);
    const name: OptionField = {
      ...{ control: 'text', id: `${place}.$key`, label: t('Name of the entry'), value: key, groups: [], mode: null },
      hint: key === '' ? t('Nothing is added while it is empty.') : t('Empty it to remove the entry.'),
    };
    const title = key === '' ? t('Add to: {group}', { group: t(inWords(option.name)) }) : key;
    const parts =
      value.control === 'group'
        ? value.nodes
        : [{ ...value, label: key === '' ? t('Value of the entry') : t('Value of {key}', { key }) }];
    const was: OptionField = {
      ...{ control: 'hidden', id: `${place}.$was`, label: '', hint: '', groups: [], mode: null },
      value: shown.fields.get(`${place}.$was`) ?? '',
    };
    return group(place, title, option.values.doc, [was, name, ...parts], shown);
  });
  return group(id, t(inWords(option.name)), option.doc, [...known, ...free], shown);
}

function group(id: string, label: string, hint: string, nodes: readonly OptionNode[], shown: Shown): OptionGroup {
  const inside = (name: string) => name.startsWith(`${id}.`);
  const open = [...shown.wrong].some(inside) || [...shown.fields].some(([name, value]) => inside(name) && value !== '');
  return { control: 'group', id, label, hint: plain(shown.t(hint)), nodes, open };
}

function powerField(id: string, path: string, below: unknown, shown: Shown): OptionField {
  const { t } = shown;
  const name = `${id}.$on`;
  shown.fieldOf.set(path, name);
  const choices = [
    { value: '', text: below === false ? t('As in the type: left out') : t('Shown unless it is left out elsewhere') },
    { value: 'on', text: t('Shown') },
    { value: 'off', text: t('Left out') },
  ];
  return {
    ...{ control: 'select', id: name, label: t('On the page'), hint: '', mode: null },
    groups: [{ label: '', choices }],
    value: shown.fields.get(name) ?? '',
  };
}

function field(
  option: Exclude<Option, { type: 'record' | 'map' }>,
  below: unknown,
  t: Translator,
): Omit<OptionField, 'id' | 'value'> {
  const unit = option.type === 'number' && option.unit !== null ? ` (${t(option.unit)})` : '';
  const otherwise = below ?? option.default;
  const unsaid =
    otherwise === null || otherwise === undefined || otherwise === ''
      ? ''
      : option.defaultFrom !== undefined && otherwise === option.default
        ? t('Empty means {value}, which {setting} says for the whole site.', {
            ...{ value: String(otherwise), setting: option.defaultFrom },
          })
        : t('Empty means {value}.', { value: String(otherwise) });
  const parts = { label: `${t(inWords(option.name))}${unit}`, mode: null, groups: [] };
  const hint = [plain(t(option.doc)), unsaid].filter((text) => text !== '').join(' ');
  switch (option.type) {
    case 'number':
      return { ...parts, control: 'text', hint, mode: 'decimal' };
    case 'text':
      return {
        ...{ ...parts, control: option.pattern || option.offers ? 'text' : 'prose', hint },
        ...(option.asset && { list: assetList(option.asset) }),
      };
    case 'boolean':
      return {
        ...parts,
        control: 'select',
        hint,
        groups: choicesOf(t, [
          ['true', t('Yes')],
          ['false', t('No')],
        ]),
      };
    case 'choice':
      return {
        ...parts,
        control: 'select',
        hint,
        groups: choicesOf(
          t,
          option.choices.map((choice) => [choice, t(choice)]),
        ),
      };
  }
}

/** The list of the slugs of one kind of asset. */
export function assetList(kind: Asset['kind']): string {
  return `assets-${kind}`;
}

/** `Required completion` of `required_completion` */
function inWords(name: string): string {
  const words = name.replaceAll('_', ' ').replace(/\bqr\b/, 'QR');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** The table writes code as Markdown does. */
function plain(doc: string): string {
  return doc.replaceAll('`', '');
}

function choicesOf(t: Translator, choices: readonly (readonly [string, string])[]): Choices {
  return [
    { label: '', choices: [{ value: '', text: t('Not said') }, ...choices.map(([value, text]) => ({ value, text }))] },
  ];
}
