/** As pages.ts, of the pages that are there for anyone. */
import { CATALOGS } from ".";
import { enPublic } from "./en-public";
import { esPublic } from "./es-public";

Object.assign(CATALOGS.en, enPublic);
Object.assign(CATALOGS.es, esPublic);
