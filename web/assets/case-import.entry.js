// Impor aduan: complaints of other systems come in, lists of cases go out.

import "./case_import/case_import.css";

import { showExport } from "./case_import/export.js";
import { showImport } from "./case_import/import.js";

showImport();
showExport();
