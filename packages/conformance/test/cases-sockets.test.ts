import { socketCases } from './socket-cases.ts';

socketCases({ fastLaneAnswers: 250 });
