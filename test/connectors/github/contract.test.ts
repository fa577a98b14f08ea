import { github } from '#connectors/github/connector.ts';
import { connectorContract } from '../contract-suite.ts';
import { startStandIn } from './start-stand-in.ts';

connectorContract(github, startStandIn);
