import { onAbort } from '../../http/abort.ts';

interface Flight<T> {
  readonly controller: AbortController;
  readonly result: Promise<T>;
  waiting: number;
}

/**
 * Work that several callers may ask for while it runs. It runs once per key. A caller whose signal aborts leaves
 * alone; the work itself is aborted when the last caller has left.
 */
export class InFlight<T> {
  readonly #flights = new Map<string, Flight<T>>();

  /** Rejects with the signal's reason when that aborts, else as the work does. */
  join(key: string, signal: AbortSignal | undefined, start: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const flight = this.#flights.get(key) ?? this.#start(key, start);
    flight.waiting++;
    return new Promise((resolve, reject) => {
      const leave = () => {
        reject(signal?.reason);
        flight.waiting--;
        if (flight.waiting > 0) return;
        this.#forget(key, flight);
        flight.controller.abort(signal?.reason);
      };
      const stay = signal && onAbort(signal, leave);
      flight.result.then(resolve, reject).finally(stay);
    });
  }

  #start(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController();
    const flight: Flight<T> = { controller, result: start(controller.signal), waiting: 0 };
    this.#flights.set(key, flight);
    const forget = () => this.#forget(key, flight);
    flight.result.then(forget, forget);
    return flight;
  }

  /** Those that come from now on start anew. */
  forget(key: string): void {
    this.#flights.delete(key);
  }

  #forget(key: string, flight: Flight<T>): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key);
  }
}
