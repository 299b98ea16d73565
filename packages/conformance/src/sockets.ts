export { SocketBench } from './socket-runner.ts';
