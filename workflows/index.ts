export { approval } from './approval.ts';
export { request } from './request.ts';
