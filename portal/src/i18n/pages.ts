/** Adds the words of the pages that are fetched when they are needed: each of those pages imports this. */
import { CATALOGS } from ".";
import { enPages } from "./en-pages";
import { esPages } from "./es-pages";

Object.assign(CATALOGS.en, enPages);
Object.assign(CATALOGS.es, esPages);
