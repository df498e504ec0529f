import { sdk } from '../sdk';
import { everyInput, mailInput, movingInput } from './inputs';
import { bootstrap, look, network } from './looking';
import { disabled, hidden, onlyRunning, onlyStopped, refuse, show, showAgain } from './plain';
import { setSize, waitForName } from './settings';

export const actions = sdk.Actions.of()
  .addAction(everyInput)
  .addAction(movingInput)
  .addAction(mailInput)
  .addAction(look)
  .addAction(bootstrap)
  .addAction(network)
  .addAction(show)
  .addAction(showAgain)
  .addAction(refuse)
  .addAction(hidden)
  .addAction(disabled)
  .addAction(onlyRunning)
  .addAction(onlyStopped)
  .addAction(setSize)
  .addAction(waitForName);
