import fc from 'fast-check';

// In CI a change is judged by itself: the same examples every time. Everywhere else each run tries new ones.
if (process.env.CI) fc.configureGlobal({ seed: 20_261_121 });
