import { parentPort } from 'node:worker_threads';
import { serve } from '../workers/serve.ts';
import { createReader } from './reader.ts';

if (parentPort) serve(parentPort, createReader());
