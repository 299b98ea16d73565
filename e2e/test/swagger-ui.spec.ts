import { swaggerUi } from '../sites/swagger-ui/site.ts';
import { arrivesByWayOfTheEdge } from './front-end.ts';

arrivesByWayOfTheEdge(swaggerUi);
