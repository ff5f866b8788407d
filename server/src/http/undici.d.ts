// The whole of undici is twice the size of this part of it, which has no types of its own.
declare module 'undici/lib/dispatcher/client.js' {
  export { Client as default } from 'undici';
}
