/** What can be watched of another package; what is seen goes to the journal. */
import { note, sdk } from './sdk';

const workshop = { packageId: 'workshop' };

export const watchHealth = sdk.setupOnInit(async (effects) => {
  sdk.getStatus(effects, workshop).onChange(async (status: any) => {
    const mood = status?.health?.mood;
    if (mood !== undefined) await note(`mood ${mood.result}: ${mood.message}`);
    return { cancel: false };
  });
});

/** Read with `const`: this handler alone runs again. */
export const watchDoor = sdk.setupOnInit(async (effects) => {
  const open = await sdk.host
    .get(effects, { ...workshop, hostId: 'api' }, (host) => host?.bindings[8081]?.enabled ?? null)
    .const();
  await note(`api ${open}`);
});

export const watchManifest = sdk.setupOnInit(async (effects) => {
  const version = await sdk.getServiceManifest(effects, 'workshop', (manifest) => manifest?.version).const();
  await note(`workshop ${version}`);
});
