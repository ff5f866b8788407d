// Note for whoever writes the walk: it is shared with the language server's audit, so it lives in ../files/walk.ts
// (exporting `async function* walk(root, …)`); lsp may not import cli. Write it there and delete this file. You own server/src/files/*.
export {};
