/** Every data source, one line each. */
export { github } from './github/connector.ts';
