import { github } from '#connectors/github/connector.ts';
import { connectorContract } from '../contract-suite.ts';

connectorContract(github);
