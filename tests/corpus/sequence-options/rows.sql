SELECT nextval('s4'), nextval('s4');
