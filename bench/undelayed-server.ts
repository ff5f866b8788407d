import { delays } from '../server/src/lsp/ports.ts';

// The language server as it is, but that it does not wait for the next keystroke: what is left is work.
Object.assign(delays, { debounce: 0 });
await import('../server/src/lsp/main.ts');
