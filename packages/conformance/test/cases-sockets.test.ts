import { socketCases } from './socket-cases.ts';

socketCases('cases, over real sockets', undefined);
