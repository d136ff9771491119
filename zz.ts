import { loadRules } from './dsl/index.ts';
import { environment } from './test/support/dsl-harness.ts';
import { hostileShapes } from './test/fuzz/hostile.ts';
const want = process.argv[2]!;
for (const [n,t] of hostileShapes()) if (n.includes(want)) { const text=t(); for (let i=0;i<3;i++){const s=performance.now(); loadRules(text,environment); console.log(n,(performance.now()-s).toFixed(0));} break; }
