/** For rules that name no template of a provider that keeps its templates here. */

import type { TemplateLook } from '../../plugin/badges/template-warnings.ts';
import { MemoryProviderStore } from '../../plugin/ports/memory-provider-store.ts';

export const noTemplates: TemplateLook = { providers: new Map(), store: new MemoryProviderStore() };
