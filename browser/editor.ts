/** One text area that has become an editor. The text area stays the field of the form: it holds the text at every moment,
 *  and whatever gives it another text (the browser on the way back, a script) gives it to the editor. */

import { autocompletion, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching, indentOnInput } from '@codemirror/language';
import { forceLinting, linter, lintGutter, nextDiagnostic } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, StateEffect } from '@codemirror/state';
import { EditorView, highlightActiveLineGutter, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { type Diagnostic, fixFor, formatText } from '../dsl/index.ts';
import type { ReadVocabulary } from '../plugin/badges/rule-vocabulary.ts';
import { diagnose, modeOf, type Subject } from './check.ts';
import { completionSource } from './completion.ts';
import { difference } from './difference.ts';
import { dismiss, meaningIn, meanings } from './hover.ts';
import { keysInWords } from './keys.ts';
import { ruleLanguage } from './language.ts';
import { Panel, type Problem } from './panel.ts';
import { phrases, say } from './speech.ts';
import { theme } from './theme.ts';

/** Long enough that nobody is told about a word before it is written. */
const CHECK_DELAY_MS = 400;
/** There is something to check with now. */
const learned = StateEffect.define<null>();
const NARROW = '(max-width: 40rem)';
/** Browsers and people know these for something else. */
const LEFT_ALONE = new Set(['Alt-ArrowLeft', 'Alt-ArrowRight']);

export class RuleEditor {
  readonly #area: HTMLTextAreaElement;
  readonly #subject: Subject;
  readonly #view: EditorView;
  readonly #panel: Panel;
  #vocabulary: ReadVocabulary | null = null;
  #problems: readonly Problem[] = [];
  readonly #invalid = new Compartment();

  constructor(area: HTMLTextAreaElement, subject: Subject) {
    this.#area = area;
    this.#subject = subject;
    const label = area.labels?.[0]?.textContent?.trim() || say('rules');
    const host = document.createElement('div');
    host.className = 'rule-editor';
    // A rule reads from left to right on every page.
    host.dir = 'ltr';
    host.style.setProperty('--rows', String(area.rows));
    const root = host.attachShadow({ mode: 'open' });
    this.#panel = new Panel(label, {
      format: () => this.#format(),
      next: () => this.#next(),
      goTo: ({ diagnostic }) => this.#goTo(diagnostic.span.start),
      mend: (problem) => this.#mend(problem),
    });
    // In the shadow styles are adopted as objects, which the content policy of the pages allows.
    const hint = document.createElement('p');
    hint.id = 'hint';
    hint.hidden = true;
    hint.textContent = [describedBy(area), keysInWords].filter(Boolean).join(' ');
    root.append(hint);
    this.#view = new EditorView({ root, parent: root, state: this.#state(label) });
    area.before(host);
    area.after(this.#panel.dom);
    this.#follow(area);
  }

  /** From now on the text is checked and completed.
   *  @param vocabulary null: it could not be had */
  learn(vocabulary: ReadVocabulary | null): void {
    this.#vocabulary = vocabulary;
    if (vocabulary === null) this.#panel.say(say('unchecked'));
    else {
      this.#view.dispatch({ effects: learned.of(null) });
      forceLinting(this.#view);
    }
  }

  #state(label: string): EditorState {
    const wrapping = new Compartment();
    const narrow = matchMedia(NARROW);
    const wrap = () => (narrow.matches ? EditorView.lineWrapping : []);
    narrow.addEventListener('change', () => this.#view.dispatch({ effects: wrapping.reconfigure(wrap()) }));
    const known = () => this.#vocabulary;
    return EditorState.create({
      doc: this.#area.value,
      extensions: [
        EditorState.phrases.of(phrases),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        ruleLanguage(),
        indentOnInput(),
        bracketMatching(),
        highlightSelectionMatches(),
        search({ top: true }),
        autocompletion({ override: [completionSource(this.#subject, known)], icons: false }),
        linter((view) => this.#check(view), {
          delay: CHECK_DELAY_MS,
          needsRefresh: ({ transactions }) =>
            transactions.some(({ effects }) => effects.some((one) => one.is(learned))),
        }),
        lintGutter(),
        meanings(this.#subject, known),
        keymap.of([
          { key: 'Shift-Alt-f', run: () => this.#done(() => this.#format()) },
          { key: 'Mod-.', run: () => this.#done(() => this.#mendHere()) },
          { key: 'F2', run: () => this.#done(() => this.#explain()) },
          { key: 'F8', run: () => this.#done(() => this.#next()) },
          dismiss,
          ...completionKeymap,
          ...searchKeymap,
          ...historyKeymap,
          ...defaultKeymap.filter(({ key, mac }) => !LEFT_ALONE.has(key ?? '') || mac !== undefined),
        ]),
        wrapping.of(wrap()),
        this.#invalid.of([]),
        theme,
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-describedby': 'hint',
          // It is reached by Tab anyway; this tells tools that do not know of editable content.
          tabindex: '0',
          spellcheck: 'false',
          autocapitalize: 'off',
          translate: 'no',
        }),
        EditorState.readOnly.of(this.#area.readOnly || this.#area.disabled),
        EditorView.updateListener.of(({ docChanged, state }) => {
          if (docChanged) this.#area.value = state.doc.toString();
        }),
      ],
    });
  }

  /** The text area stays where it was, too small to be seen, and whoever is sent to it gets to the editor. */
  #follow(area: HTMLTextAreaElement): void {
    area.classList.add('rule-field');
    area.tabIndex = -1;
    area.setAttribute('aria-hidden', 'true');
    const take = () => this.#take(area.value);
    area.addEventListener('input', take);
    area.addEventListener('change', take);
    area.form?.addEventListener('reset', () => setTimeout(take));
    addEventListener('pageshow', take);
    const enter = (event?: Event) => {
      event?.preventDefault();
      this.#view.dom.scrollIntoView({ block: 'nearest' });
      this.#view.focus();
    };
    area.addEventListener('invalid', (event) => {
      // The browser would point at the text area, which nobody sees.
      event.preventDefault();
      this.#panel.say(area.validationMessage);
      if (area.form?.querySelector(':is(input, select, textarea):invalid') === area) enter();
    });
    for (const label of area.labels ?? []) label.addEventListener('click', enter);
    for (const link of document.querySelectorAll(`a[href="#${CSS.escape(area.id)}"]`))
      link.addEventListener('click', enter);
    const isTarget = () => area.id !== '' && location.hash === `#${area.id}`;
    addEventListener('hashchange', () => isTarget() && enter());
    if (isTarget() || document.activeElement === area) enter();
  }

  #take(text: string): void {
    const { doc } = this.#view.state;
    if (text !== doc.toString()) this.#view.dispatch({ changes: { from: 0, to: doc.length, insert: text } });
  }

  #check({ state }: EditorView) {
    if (this.#vocabulary === null) return [];
    const text = state.doc.toString();
    const diagnostics = diagnose(text, this.#subject, this.#vocabulary);
    this.#problems = diagnostics.map((diagnostic) => ({ diagnostic, fix: fixFor(diagnostic, text) }));
    this.#panel.show(this.#problems);
    this.#mark(diagnostics.some(({ severity }) => severity === 'error'));
    return this.#problems.map((problem) => this.#toLint(problem));
  }

  #mark(invalid: boolean): void {
    const attributes = invalid ? [EditorView.contentAttributes.of({ 'aria-invalid': 'true' })] : [];
    // Not while the view is still being told of the check.
    setTimeout(() => this.#view.dispatch({ effects: this.#invalid.reconfigure(attributes) }));
  }

  #toLint(problem: Problem) {
    const { span, severity, message, hint, code } = problem.diagnostic;
    return {
      from: span.start,
      to: span.end,
      severity,
      message: hint === null ? message : `${message}; ${hint}`,
      source: code,
      actions: problem.fix === null ? [] : [{ name: problem.fix.label, apply: () => this.#mend(problem) }],
    };
  }

  #format(): void {
    const text = this.#view.state.doc.toString();
    const formatted = formatText(text, modeOf(this.#subject));
    if (!formatted.ok) {
      const [first] = formatted.diagnostics as readonly [Diagnostic, ...Diagnostic[]];
      const { line, column, message } = first;
      this.#panel.say(say('notFormatted', { line, column, message }), message);
      this.#goTo(first.span.start);
      return;
    }
    const change = difference(text, formatted.text);
    if (change !== null) this.#view.dispatch({ changes: change, userEvent: 'format', scrollIntoView: true });
    this.#panel.say(change === null ? say('nothingToFormat') : say('formatted'));
    this.#view.focus();
  }

  #next(): void {
    forceLinting(this.#view);
    this.#view.focus();
    nextDiagnostic(this.#view);
    const { head } = this.#view.state.selection.main;
    const here = this.#problems.find(({ diagnostic: { span } }) => span.start <= head && head <= span.end);
    if (here) this.#tell(here.diagnostic);
  }

  #mendHere(): void {
    forceLinting(this.#view);
    const { head } = this.#view.state.selection.main;
    const here = this.#problems.filter(({ diagnostic: { span } }) => span.start <= head && head <= span.end);
    const problem = here.find(({ fix }) => fix !== null);
    if (problem) this.#mend(problem);
    else if (here[0]) this.#tell(here[0].diagnostic);
    else this.#panel.say(say('noProblemHere'));
  }

  #mend({ fix }: Problem): void {
    if (fix === null) return;
    const { span, text } = fix;
    this.#view.dispatch({
      changes: { from: span.start, to: span.end, insert: text },
      selection: { anchor: span.start + text.length },
      userEvent: 'input.mend',
      scrollIntoView: true,
    });
    forceLinting(this.#view);
    this.#view.focus();
  }

  #explain(): void {
    const { state } = this.#view;
    const { head } = state.selection.main;
    const text = state.doc.toString();
    // The word before the cursor, where the cursor stands right behind it.
    const meaning = [head, head - 1]
      .map((offset) => meaningIn(text, offset, this.#subject, this.#vocabulary))
      .find((found) => found !== null);
    const explained = meaning && [`${meaning.title}.`, ...meaning.about].join(' ');
    this.#panel.say(explained ?? say('nothingToExplain'), explained);
  }

  #tell({ line, column, message, hint }: Diagnostic): void {
    const told = `${message}${hint === null ? '' : `; ${hint}`}`.replace(/([^.?])$/, '$1.');
    this.#panel.say(say('placed', { line, column, message: told }), told);
  }

  #goTo(offset: number): void {
    this.#view.dispatch({ selection: { anchor: offset }, scrollIntoView: true });
    this.#view.focus();
  }

  #done(action: () => void): true {
    action();
    return true;
  }
}

/** The texts of the hints that belong to a field. */
function describedBy(area: HTMLTextAreaElement): string {
  const ids = area.getAttribute('aria-describedby')?.split(/\s+/) ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent?.trim() ?? '').join(' ');
}
