import { availableParallelism } from 'node:os';
import { fuzz, shown } from './fuzz.ts';

/** `npm run fuzz` tries a million texts; `npm run fuzz -- 5000 42` tries 5,000 from seed 42 on. */
const [count = 1_000_000, from = Math.floor(Math.random() * 1_000_000_000)] = process.argv
  .slice(2)
  .map(Number);

console.log(`${count} texts from seed ${from} on`);
const start = Date.now();
let reported = 0;
const { faults, readable, texts } = await fuzz({
  from,
  count,
  workers: availableParallelism(),
  onProgress(now) {
    for (const fault of now.faults.slice(reported, 50)) console.log(shown(fault));
    reported = now.faults.length;
    const rate = Math.round(now.texts / ((Date.now() - start) / 1000));
    if (now.texts % 20_000 === 0) console.log(`${now.texts} texts, ${rate} a second, ${reported} faults`);
  },
});
for (const fault of faults.slice(reported, 50)) console.log(shown(fault));
console.log(`${texts} texts, ${readable} of them read by some program, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
