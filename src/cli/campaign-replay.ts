import type { BackendKind } from '../backend/backend.ts';
import { openStoredCampaign } from '../campaign/replay/open-stored-campaign.ts';
import { replayFault } from '../campaign/replay/replay-fault.ts';
import { storedFault } from '../campaign/replay/stored-fault.ts';
import { openStore } from '../campaign/store/open-store.ts';
import { EXIT } from '../errors.ts';
import { assertOutput } from './campaign-output.ts';
import { replayDocument } from './campaign-replay-document.ts';
import { describeReplay } from './campaign-replay-text.ts';
import type { Action } from './program.ts';

interface Flags {
  readonly campaign?: string;
  readonly image: readonly number[];
  readonly backend: BackendKind;
  readonly vcd?: string;
  readonly product?: number;
}

export const campaignReplay: Action<[store: string, n: number], Flags> = async (session, [path, n], flags) => {
  const { signal, progress } = session;
  if (flags.vcd !== undefined) await assertOutput(flags.vcd);
  const store = openStore(path, { readonly: true });
  try {
    progress.tell('opening the campaign');
    const campaign = await openStoredCampaign(store, { reference: flags.campaign });
    try {
      const report = await replayFault(campaign, n, {
        backend: flags.backend,
        images: flags.image,
        stored: storedFault(store, n),
        vcdPath: flags.vcd,
        product: flags.product,
        signal,
        onProgress: progress.tell,
      });
      session.report(replayDocument(report), describeReplay(report));
      if (!report.same) session.finish(EXIT.mismatch);
    } finally {
      await campaign.close();
    }
  } finally {
    store.close();
  }
};
