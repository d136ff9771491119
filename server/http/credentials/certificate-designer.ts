/** What a form needs to show the certificate and let its elements be placed on it. */

import { type DesignerSpeech, designerTexts } from '../../../plugin/extensions/designer-texts.ts';
import type { ExtensionRegistry } from '../../../plugin/extensions/registry.ts';
import type { CredentialType } from '../../../plugin/ports/credential-store.ts';
import { assetAddress } from '../../assets/browser-assets.ts';
import type { Translator } from '../../i18n/translator.ts';
import { SAMPLES } from './credential-samples.ts';

interface Subject {
  readonly preview: string;
  /** Id of what is being changed; null: it is new. */
  readonly stored: string | null;
  /** What saving it changes, in words. */
  readonly uses: string;
}

export interface PictureScripts {
  readonly script: string;
  readonly worker: string;
}

/** @returns null where nothing has been built for browsers: pages have links instead of pictures */
export function pictureScripts(): PictureScripts | null {
  const [script, worker] = [assetAddress('certificate.js'), assetAddress('pdf-worker.js')];
  return script === null || worker === null ? null : { script, worker };
}

/** @returns null where there is nothing to place */
export function designerOf(
  extensions: ExtensionRegistry,
  type: Pick<CredentialType, 'generationFunction'>,
  subject: Subject,
  t: Translator,
) {
  const scripts = pictureScripts();
  if (scripts === null || !extensions.generation(type.generationFunction).design) return null;
  return { ...scripts, ...subject, samples: SAMPLES, speech: JSON.stringify(speechIn(t)) };
}

/** The browser fills in what stands in braces. */
function speechIn(t: Translator): DesignerSpeech {
  const texts = Object.entries(designerTexts).map(([key, text]: [string, string]) => [key, t(text)]);
  return { language: t.language, direction: t.direction, texts: Object.fromEntries(texts) };
}
