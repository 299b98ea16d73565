export { SocketBench, type BenchOptions } from './socket-runner.ts';
