// Impor (tables of other programs) and Pesanan (spot orders).

import "./imports/imports.css";

import { showImports } from "./imports/imports.js";
import { showOrders } from "./imports/orders.js";

if (document.querySelector('[data-page="imports"]')) showImports();
if (document.querySelector('[data-page="orders"]')) showOrders();
