import type { FailedLookup, LookupFailure } from '../engine/ports.ts';

/** Ends a lookup. Thrown inside this folder only: the client turns it into a `Lookup`. */
export class Failure extends Error {
  readonly code: LookupFailure;

  /** `message` holds no secret and nothing that a server wrote. */
  constructor(code: LookupFailure, message: string) {
    super(message);
    this.name = 'Failure';
    this.code = code;
  }
}

/** A request that got no answer. */
export class NetworkFailure extends Failure {
  /** Node's name for what went wrong, such as `ECONNREFUSED`; empty where there is none. */
  readonly fault: string;

  constructor(fault: string, message: string, code: LookupFailure = 'unreachable') {
    super(code, message);
    this.name = 'NetworkFailure';
    this.fault = fault;
  }
}

export const failed = (code: LookupFailure, message: string): FailedLookup => ({ ok: false, code, message });
