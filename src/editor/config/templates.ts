/** What **New Search Config** can start from: whole files, with comments that say what each key changes. Pure. */
import type { ConfigTemplate } from './configTemplate';
import { strategyTemplates } from './strategyTemplates';

const laptop = (
  name: string,
): string => `// A search of minutes on a laptop: hand-written digits, small cells.
// Completion (Ctrl+Space) and hover explain every key; what is left out has the preset's value.
{
  "name": ${JSON.stringify(name)},
  "preset": "laptop",
  "seed": 1,
  "data": {
    // A part of MNIST comes with the extension, so this works offline.
    "set": "mnist",
    "trainImages": 4000,
    "imageSize": 14
  },
  "space": {
    // More nodes make richer cells and a slower search.
    "nodes": 2,
    "operations": ["none", "skip_connect", "max_pool_3x3", "avg_pool_3x3", "sep_conv_3x3", "dil_conv_3x3"]
  },
  "budget": { "epochs": 6 },
  // Random networks with the same training show whether the search found anything.
  "final": { "epochs": 5, "randomNetworks": 3 }
}
`;

const reference = (
  name: string,
): string => `// The settings of the DARTS paper (Liu et al., 2019): hours to days.
{
  "name": ${JSON.stringify(name)},
  "preset": "reference",
  "seed": 1,
  "data": { "set": "mnist" },
  "strategy": {
    // A few epochs without α make a collapse to skip connections less likely; the paper has none.
    "warmupEpochs": 0
  },
  "budget": { "epochs": 50 },
  "final": { "epochs": 600, "cells": 20, "channels": 36, "randomNetworks": 0 }
}
`;

const custom = (
  name: string,
): string => `// Every section, to be changed at will. Hover over a key to see what it does.
{
  "name": ${JSON.stringify(name)},
  // Where the keys that are left out get their values: "laptop" or "reference".
  "preset": "laptop",
  "seed": 1,
  // What computes: "auto" takes the fastest that works here.
  "engine": "auto",

  // What can be found.
  "space": {
    "type": "cell",
    "operations": ["none", "skip_connect", "max_pool_3x3", "avg_pool_3x3", "sep_conv_3x3", "sep_conv_5x5"],
    "nodes": 3,
    "inputsPerNode": 2,
    "cells": 3,
    "channels": 8
  },

  // How it is searched.
  "strategy": { "type": "darts", "warmupEpochs": 1 },

  // What it is searched on. For your own images: "set": "arrays" (NumPy), "cifar" or "idx".
  "data": {
    "set": "mnist",
    "trainImages": 4000,
    "testImages": 2000,
    "validationShare": 0.5,
    "imageSize": 14
  },

  // How the weights are trained during the search.
  "training": { "batchSize": 64, "learningRate": 0.1 },
  "budget": { "epochs": 10 },

  // How the found network is built, trained and compared.
  "final": { "epochs": 5, "cells": 3, "channels": 8, "randomNetworks": 3 },

  // Reported when the found network breaks them.
  "limits": { "maxParameters": 100000 },

  "output": { "folder": "runs", "logEverySteps": 10 }
}
`;

export const configTemplates: readonly ConfigTemplate[] = [
  {
    id: 'laptop',
    title: 'Quick Search on MNIST',
    description: 'minutes on a laptop',
    detail: 'Small cells on 4,000 digits; a good first look.',
    fileName: 'digits',
    text: laptop,
  },
  {
    id: 'reference',
    title: 'DARTS as in the Paper',
    description: 'hours to days',
    detail: 'The reference search space, schedule and network size.',
    fileName: 'reference',
    text: reference,
  },
  {
    id: 'custom',
    title: 'Custom',
    description: 'every section, with comments',
    detail: 'A small search with all sections spelled out, to be changed.',
    fileName: 'search',
    text: custom,
  },
  ...strategyTemplates,
];
