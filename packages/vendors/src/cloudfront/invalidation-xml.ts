import { parseXml, XmlElement } from '@rgrove/parse-xml';

/** What is to be invalidated, as clients ask for it. */
export interface InvalidationBatch {
  readonly paths: readonly string[];
  readonly callerReference: string;
}

/** One invalidation, as clients are told of it. */
export interface Invalidation {
  readonly id: string;
  readonly isCompleted: boolean;
  /** ISO 8601 in UTC. */
  readonly createdAt: string;
  readonly batch: InvalidationBatch;
}

const NAMESPACE = 'http://cloudfront.amazonaws.com/doc/2020-05-31/';

/** Undefined for what is no such document, or does not say what it must. */
export function readInvalidationBatch(content: string): InvalidationBatch | undefined {
  const root = rootOf(content);
  if (root?.name !== 'InvalidationBatch') return undefined;
  const callerReference = textAt(root, 'CallerReference');
  const items = childOf(childOf(root, 'Paths'), 'Items');
  if (callerReference === undefined || callerReference === '' || items === undefined)
    return undefined;
  const paths = elementsOf(items).flatMap((item) => (item.name === 'Path' ? [item.text] : []));
  const quantity = textAt(childOf(root, 'Paths'), 'Quantity');
  return Number(quantity) === paths.length && paths.length > 0
    ? { paths, callerReference }
    : undefined;
}

function rootOf(content: string): XmlElement | undefined {
  try {
    return parseXml(content).root ?? undefined;
  } catch {
    return undefined;
  }
}

function elementsOf(parent: XmlElement): readonly XmlElement[] {
  return parent.children.filter((child) => child instanceof XmlElement);
}

function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return parent && elementsOf(parent).find((child) => child.name === name);
}

function textAt(parent: XmlElement | undefined, name: string): string | undefined {
  return childOf(parent, name)?.text;
}

/** The document of one invalidation. */
export function invalidationXml({ id, isCompleted, createdAt, batch }: Invalidation): string {
  const { paths, callerReference } = batch;
  const items = paths.map((path) => element('Path', escaped(path))).join('');
  return document(
    'Invalidation',
    element('Id', id) +
      element('Status', statusOf(isCompleted)) +
      element('CreateTime', createdAt) +
      element(
        'InvalidationBatch',
        element('Paths', element('Quantity', String(paths.length)) + element('Items', items)) +
          element('CallerReference', escaped(callerReference)),
      ),
  );
}

/** A page of invalidations, the newest first. `nextMarker`: where the next page begins. */
export function invalidationListXml(
  page: readonly Invalidation[],
  {
    marker,
    maxItems,
    nextMarker,
  }: {
    readonly marker: string;
    readonly maxItems: number;
    readonly nextMarker: string | undefined;
  },
): string {
  const items = page
    .map(({ id, createdAt, isCompleted }) =>
      element(
        'InvalidationSummary',
        element('Id', id) +
          element('CreateTime', createdAt) +
          element('Status', statusOf(isCompleted)),
      ),
    )
    .join('');
  return document(
    'InvalidationList',
    element('Marker', escaped(marker)) +
      (nextMarker === undefined ? '' : element('NextMarker', nextMarker)) +
      element('MaxItems', String(maxItems)) +
      element('IsTruncated', String(nextMarker !== undefined)) +
      element('Quantity', String(page.length)) +
      element('Items', items),
  );
}

export function errorXml({
  code,
  message,
  requestId,
}: {
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
}): string {
  const error =
    element('Type', 'Sender') + element('Code', code) + element('Message', escaped(message));
  return document('ErrorResponse', element('Error', error) + element('RequestId', requestId));
}

function statusOf(isCompleted: boolean): string {
  return isCompleted ? 'Completed' : 'InProgress';
}

function document(name: string, content: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${name} xmlns="${NAMESPACE}">${content}</${name}>`;
}

function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replaceAll(/[&<>]/gu, (character) => ENTITIES[character] as string);
}
