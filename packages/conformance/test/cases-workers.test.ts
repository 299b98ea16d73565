import { socketCases } from './socket-cases.ts';

socketCases({ workers: 2, fastLaneAnswers: 250 });
