/** The version of the layout below; a store of another version is refused. */
export const STORE_FORMAT = 2;

/** What SQLite's header says of whose file it is: "ESPL". */
export const STORE_APPLICATION = 0x4553504c;

/**
 * The tables of a campaign's store. `n` is the number of a fault, `image` the place of an image in its data set; numbers of
 * `stage` and `pattern` are places in MASKED_STAGES and PATTERNS, null for none.
 *
 * - `campaign`: what the campaign is, as JSON by key: the members of CampaignRecord (record.ts).
 * - `domains`: how many faults of the population have a property, such as dimension `layer`, value `conv1`: `live`
 *   ones, from which samples are drawn, and `dead` ones, which are known to be masked without running them. Dimensions are
 *   `all` (one row, value ''), `layer`, `node`, `bit`, `kind`, `pe` (value `x,y`), `channel` and `stratum` (its number).
 * - `clean`: the fault-free run of each image, for each layer on the array: the class, the confidence in it, and
 *   whether it is the image's label (null without labels).
 * - `faults`: every fault that is done. `bit` is the only bit of its mask or null; `cycle` null for a permanent fault, else
 *   the cycle of its tile, or of the product without one, and `product_cycle` the same counted from the first beat of the
 *   product; `text` the fault in the spec language; `error` the message of one that could not be run;
 *   `correct` and `clean_correct` count images in their true class with and without it, null without labels.
 *   `corrupted` is the sum over its images, `pattern` the pattern of most of its images with wrong elements.
 * - `validated`: faults that were run on the RTL as well, with the most images on which it ever gave something else.
 * - `outcomes`: one row per fault and image.
 */
export const SCHEMA = `
PRAGMA application_id = ${STORE_APPLICATION};
PRAGMA user_version = ${STORE_FORMAT};
CREATE TABLE campaign (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE domains (
  dimension TEXT NOT NULL, value TEXT NOT NULL, live INTEGER NOT NULL, dead INTEGER NOT NULL,
  PRIMARY KEY (dimension, value)
) WITHOUT ROWID;
CREATE TABLE clean (
  layer INTEGER NOT NULL, image INTEGER NOT NULL, prediction INTEGER, confidence REAL, correct INTEGER,
  PRIMARY KEY (layer, image)
) WITHOUT ROWID;
CREATE TABLE faults (
  n INTEGER PRIMARY KEY, stratum INTEGER NOT NULL, layer INTEGER NOT NULL, channel INTEGER, product INTEGER,
  x INTEGER NOT NULL, y INTEGER NOT NULL, node TEXT NOT NULL, kind TEXT NOT NULL, mask TEXT NOT NULL, bit INTEGER,
  tile INTEGER, cycle INTEGER, product_cycle INTEGER, text TEXT NOT NULL, error TEXT, correct INTEGER, clean_correct INTEGER,
  corrupted INTEGER NOT NULL, pattern INTEGER
);
CREATE TABLE validated (fault INTEGER PRIMARY KEY, differing INTEGER NOT NULL);
CREATE TABLE outcomes (
  fault INTEGER NOT NULL, image INTEGER NOT NULL, fired INTEGER NOT NULL, stage INTEGER, masked_before TEXT,
  prediction INTEGER, sdc1 INTEGER NOT NULL, sdc5 INTEGER NOT NULL, confidence_change REAL, non_finite INTEGER NOT NULL,
  corrupted INTEGER NOT NULL, pattern INTEGER,
  PRIMARY KEY (fault, image)
) WITHOUT ROWID;
`;
