export const title = 'The harbour at dawn';
