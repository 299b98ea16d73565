import { viteApp } from '../sites/vite-app/site.ts';
import { arrivesByWayOfTheEdge } from './front-end.ts';

arrivesByWayOfTheEdge(viteApp);
