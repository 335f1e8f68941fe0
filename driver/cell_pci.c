// SPDX-License-Identifier: GPL-2.0
/*
 * PCI devices on their way between Linux's drivers and cells.
 *
 * A device of a cell is bound to a driver of ours that does nothing: nothing else can be bound to
 * it, and runtime power management keeps it in D0. That driver learns the device's id for the
 * occasion and refuses every device that no cell has claimed.
 *
 * Copyright (c) Jailhouse contributors, 2026
 */
#include <linux/device.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "cell.h"
#include "cell_pci.h"
#include "refusal.h"

/*
 * struct pci_claim - a device that a cell has
 * @link:	in cell.devices
 * @all:	in claims, guarded by claims_lock: probe looks it up
 * @state:	configuration space as Linux's driver left it, NULL: none kept
 */
struct pci_claim {
	struct list_head link, all;
	struct pci_dev *dev;
	struct pci_saved_state *state;
};

/* struct known_id - an id that the holder has learnt; it cannot forget one */
struct known_id {
	struct list_head link;
	u32 device, subsystem;
};

static LIST_HEAD(claims);
static DEFINE_MUTEX(claims_lock);

static LIST_HEAD(known_ids);	/* guarded by system.lock, like all of take and give back */

static bool is_claimed(const struct pci_dev *dev)
{
	struct pci_claim *claim;
	bool found = false;

	mutex_lock(&claims_lock);
	list_for_each_entry(claim, &claims, all)
		found |= claim->dev == dev;
	mutex_unlock(&claims_lock);
	return found;
}

static int holder_probe(struct pci_dev *dev, const struct pci_device_id *id)
{
	return is_claimed(dev) ? 0 : -ENODEV;
}

/* Nothing to undo, but the PCI core wants one to unbind from a module that is in use. */
static void holder_remove(struct pci_dev *dev)
{
}

static struct pci_driver holder = {
	.name = "jailhouse-cell",
	.probe = holder_probe,
	.remove = holder_remove,
};

int cell_pci_init(struct system *sys)
{
	return pci_register_driver(&holder);
}

void cell_pci_exit(struct system *sys)
{
	struct known_id *id, *next;

	pci_unregister_driver(&holder);
	list_for_each_entry_safe(id, next, &known_ids, link)
		kfree(id);
}

static u32 device_id(const struct pci_dev *dev)
{
	return dev->vendor << 16 | dev->device;
}

static u32 subsystem_id(const struct pci_dev *dev)
{
	return dev->subsystem_vendor << 16 | dev->subsystem_device;
}

static bool is_known(const struct pci_dev *dev)
{
	const struct known_id *id;

	list_for_each_entry(id, &known_ids, link) {
		if (id->device == device_id(dev) && id->subsystem == subsystem_id(dev))
			return true;
	}
	return false;
}

static int learn(const struct pci_dev *dev)
{
	struct known_id *id;
	int err;

	if (is_known(dev))
		return 0;
	id = kzalloc(sizeof(*id), GFP_KERNEL);
	if (!id)
		return -ENOMEM;
	err = pci_add_dynid(&holder, dev->vendor, dev->device, dev->subsystem_vendor,
			    dev->subsystem_device, 0, 0, 0);
	if (err) {
		kfree(id);
		return err;
	}
	id->device = device_id(dev);
	id->subsystem = subsystem_id(dev);
	list_add(&id->link, &known_ids);
	return 0;
}

static bool is_held(const struct pci_dev *dev)
{
	return dev->dev.driver == &holder.driver;
}

static void claim_add(struct cell *cell, struct pci_claim *claim)
{
	list_add_tail(&claim->link, &cell->devices);
	mutex_lock(&claims_lock);
	list_add(&claim->all, &claims);
	mutex_unlock(&claims_lock);
}

/* Before Linux's drivers are offered the device: the holder is among them. */
static void claim_remove(struct pci_claim *claim)
{
	list_del(&claim->link);
	mutex_lock(&claims_lock);
	list_del(&claim->all);
	mutex_unlock(&claims_lock);
}

/*
 * Learning an id makes the PCI core offer all devices with it, so the device may be held before it
 * is asked for.
 */
static int bind_holder(struct pci_dev *dev)
{
	int err = learn(dev);

	if (err || is_held(dev))
		return err;
	err = device_driver_attach(&holder.driver, &dev->dev);
	if (err)
		return err;
	return is_held(dev) ? 0 : -EBUSY;
}

static int hold(struct pci_claim *claim)
{
	struct pci_dev *dev = claim->dev;

	device_release_driver(&dev->dev);
	pci_save_state(dev);
	claim->state = pci_store_saved_state(dev);
	pci_clear_master(dev);
	return bind_holder(dev);
}

static void attach_again(struct pci_dev *dev)
{
	if (device_attach(&dev->dev) < 0)
		pci_warn(dev, "is Linux's again, but no driver could be attached\n");
}

/* The cell may have left it in any state: no DMA any more, then as new. */
static void let_go(struct pci_claim *claim)
{
	struct pci_dev *dev = claim->dev;

	pci_clear_master(dev);
	if (pci_reset_function(dev))
		pci_dbg(dev, "has no reset of its own\n");
	device_release_driver(&dev->dev);
	pci_load_and_free_saved_state(dev, &claim->state);
	pci_restore_state(dev);
	attach_again(dev);
}

static void claim_free(struct pci_claim *claim)
{
	kfree(claim->state);
	pci_dev_put(claim->dev);
	kfree(claim);
}

/* Takes over the reference to @dev. */
static struct pci_claim *claim_new(struct cell *cell, struct pci_dev *dev)
{
	struct pci_claim *claim = kzalloc(sizeof(*claim), GFP_KERNEL);

	if (!claim) {
		pci_dev_put(dev);
		return NULL;
	}
	claim->dev = dev;
	claim_add(cell, claim);
	return claim;
}

static int take_one(struct cell *cell, const struct jailhouse_pci_device *config)
{
	struct pci_dev *dev =
		pci_get_domain_bus_and_slot(config->domain, config->bdf >> 8, config->bdf & 0xff);
	struct pci_claim *claim;
	int err;

	if (!dev)
		return 0;
	claim = claim_new(cell, dev);
	if (!claim)
		return -ENOMEM;
	err = hold(claim);
	if (err) {
		claim_remove(claim);
		attach_again(dev);
		claim_free(claim);
	}
	return err;
}

int cell_pci_take(struct cell *cell, struct jailhouse_refusal *why)
{
	const struct jailhouse_pci_device *config = cell->config.pci_devices;
	u32 i;
	int err;

	for (i = 0; i < cell->config.num_pci_devices; i++) {
		if (config[i].type != JAILHOUSE_PCI_TYPE_DEVICE)
			continue;
		err = take_one(cell, &config[i]);
		if (err) {
			cell_pci_give_back(cell);
			refuse_as(why, RULE_PCI_CLAIM, err, JAILHOUSE_OBJ_PCI_DEVICE, i,
				  config[i].bdf, -err, 0);
			return refuse_for(why, &cell->config);
		}
	}
	return 0;
}

void cell_pci_give_back(struct cell *cell)
{
	struct pci_claim *claim, *next;

	list_for_each_entry_safe(claim, next, &cell->devices, link) {
		claim_remove(claim);
		let_go(claim);
		claim_free(claim);
	}
}
