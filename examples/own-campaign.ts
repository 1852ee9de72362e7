// A campaign inside a program: images of one's own, a judgement of one's own, and outcomes one after the other.
import { fileURLToPath } from 'node:url';
import {
  Campaign,
  classOf,
  type ImageSource,
  type OutcomeClassifier,
  parseSpec,
  predictClasses,
  proportionInterval,
  readNpy,
  selectCampaign,
  tensor,
} from 'espalier';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));

// The spec language checks a campaign, wherever its text comes from. Paths start from the folder of the file that is named.
const file = here('own-campaign.array');
const text = `campaign amounts {
  array "arrays.array:conv8"
  model "digits/digits-qlinear.onnx"
  data "digits/digits-images.npy"       # not read: the program brings images
  images 30
  layers conv2
  kinds flip
  window transient
  sample 300
  seed 7
}`;
const spec = selectCampaign(parseSpec(text, file), 'amounts', file);

// Images of one's own: the shipped digits with less ink.
const { shape, data } = await readNpy(here('digits/digits-images.npy'));
const pixels = 28 * 28;
const faint: ImageSource = {
  count: shape[0]!,
  read: async (places) =>
    places.map((place) => {
      const ink = Float32Array.from(
        data.subarray(place * pixels, (place + 1) * pixels) as Float32Array,
        (x) => 0.6 * x,
      );
      return { input: tensor('float32', [1, 1, 28, 28], ink) };
    }),
  close: async () => {},
};

// A judgement of one's own: the digits are amounts, and only an amount that is off by more than one does harm.
const offByMoreThanOne: OutcomeClassifier = ({ outputs, clean }) => {
  const [read, meant] = [outputs, clean].map(({ logits }) => predictClasses(logits!)[0]!) as [number, number];
  return { sdc1: Math.abs(read - meant) > 1 };
};

const campaign = await Campaign.open(spec, { folder: here('.'), images: faint, classifier: offByMoreThanOne });
const { live, dead } = campaign.population;
console.log(`${campaign.sample.planned} of ${live + dead} faults, ${dead} of which can reach no output`);

let [drawn, sum, sumOfSquares] = [0, 0, 0];
for await (const { n, images } of campaign.outcomes()) {
  const harmful = images.filter((outcome) => classOf(outcome) === 'sdc_1').length;
  const { spec: fault } = campaign.fault(n).fault;
  if (harmful > 5)
    console.log(`fault ${n} in ${fault.node} of PE (${fault.pe.x}, ${fault.pe.y}) harms ${harmful} images`);
  drawn++;
  sum += harmful / images.length;
  sumOfSquares += (harmful / images.length) ** 2;
}
await campaign.close();

const known = { size: dead, sum: 0 };
const { estimate, lower, upper } = proportionInterval(
  [{ size: live, drawn, sum, sumOfSquares }],
  known,
  0.95,
  'wilson',
);
const percent = (share: number): string => (100 * share).toFixed(2);
console.log(`harm: ${percent(estimate)} % of all faults and images, between ${percent(lower)} and ${percent(upper)} %`);
