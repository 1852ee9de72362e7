/** Draw the images that are shipped beside the models, and a picture of them for people. */
import { writeFile } from 'node:fs/promises';
import { writeNpy } from '../../src/tensor/npy.ts';
import { tensor } from '../../src/tensor/tensor.ts';
import { contactSheet } from './contact-sheet.ts';
import { drawDataSet, SEEDS } from './data-set.ts';
import { SIDE } from './draw.ts';
import { IMAGES } from './outputs.ts';

const COUNT = 64;
const COLUMNS = 16;

const data = drawDataSet(COUNT, SEEDS.shipped);
await writeNpy(IMAGES.images, tensor('float32', [COUNT, 1, SIDE, SIDE], data.images));
await writeNpy(IMAGES.labels, tensor('uint8', [COUNT], data.labels));
await writeFile(IMAGES.sheet, contactSheet(data, COLUMNS));
