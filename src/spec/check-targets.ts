import type { CampaignSpec } from '../campaign/campaign-spec.ts';
import type { CampaignStatement } from './campaign-syntax.ts';
import { checkChoice, checkOnce } from './check-once.ts';
import { type Report, within } from './diagnostics.ts';
import type { IntegerRule } from './wording.ts';

const CHANNEL: IntegerRule = { thing: 'an output channel', least: 0, most: Number.MAX_SAFE_INTEGER };

const CHOICES = ['all', 'each'] as const;

/** Check the layers in which faults act. */
export function checkLayers(
  statement: CampaignStatement<'layers'> | undefined,
  report: Report,
): CampaignSpec['layers'] {
  if (statement === undefined) return null;
  const { names } = statement;
  for (const { token, text } of names) if (text === '') report(token, 'a layer has a name, received an empty text');
  checkOnce(
    'the layers',
    names.map(({ token, text }) => ({ token, name: `"${text}"` })),
    report,
  );
  return names.map(({ text }) => text);
}

/** Check the output channels in which faults show. */
export function checkChannels(
  statement: CampaignStatement<'channels'> | undefined,
  report: Report,
): CampaignSpec['channels'] {
  if (statement === undefined) return 'all';
  const { choice, numbers } = statement;
  if (choice !== null) return checkChoice('choice of channels', choice, CHOICES, report);
  const channels = numbers.map((number) => within(number, CHANNEL, report) ?? 0);
  checkOnce(
    'the channels',
    numbers.map(({ token, value }) => ({ token, name: String(value) })),
    report,
  );
  return channels;
}
