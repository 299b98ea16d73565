import { pdfViewer } from '../sites/pdf-viewer/site.ts';
import { arrivesByWayOfTheEdge } from './front-end.ts';

arrivesByWayOfTheEdge(pdfViewer);
