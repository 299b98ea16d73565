import { monaco } from '../sites/monaco/site.ts';
import { arrivesByWayOfTheEdge } from './front-end.ts';

arrivesByWayOfTheEdge(monaco);
