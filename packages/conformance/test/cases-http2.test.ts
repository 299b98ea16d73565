import { socketCases } from './socket-cases.ts';

socketCases({ protocol: 'http2' });
